interface WireError {
  readonly code: number
  /** A client may send the same request again. */
  readonly retriable: boolean
  readonly text: string
}

/** Kafka's error codes, by Kafka's names (apache/kafka `Errors`), as far as we send or understand them. */
export const WIRE_ERRORS = {
  UNKNOWN_SERVER_ERROR: { code: -1, retriable: false, text: 'an unexpected error in the broker' },
  NONE: { code: 0, retriable: false, text: 'no error' },
  OFFSET_OUT_OF_RANGE: { code: 1, retriable: false, text: 'no record has this offset' },
  CORRUPT_MESSAGE: { code: 2, retriable: true, text: 'the batch does not match its checksum or is malformed' },
  UNKNOWN_TOPIC_OR_PARTITION: { code: 3, retriable: true, text: 'there is no such topic or partition' },
  INVALID_FETCH_SIZE: { code: 4, retriable: false, text: 'the fetch size is invalid' },
  LEADER_NOT_AVAILABLE: { code: 5, retriable: true, text: 'the partition has no leader now' },
  NOT_LEADER_OR_FOLLOWER: { code: 6, retriable: true, text: 'this broker does not lead the partition' },
  REQUEST_TIMED_OUT: { code: 7, retriable: true, text: 'the request took longer than its time limit' },
  BROKER_NOT_AVAILABLE: { code: 8, retriable: false, text: 'the broker is not available' },
  MESSAGE_TOO_LARGE: { code: 10, retriable: false, text: 'the batch is larger than max.message.bytes of its topic' },
  OFFSET_METADATA_TOO_LARGE: { code: 12, retriable: false, text: 'the text beside the offset is too long' },
  NETWORK_EXCEPTION: { code: 13, retriable: true, text: 'the connection broke before the answer' },
  COORDINATOR_LOAD_IN_PROGRESS: { code: 14, retriable: true, text: 'the coordinator is still loading' },
  COORDINATOR_NOT_AVAILABLE: { code: 15, retriable: true, text: 'there is no coordinator now' },
  NOT_COORDINATOR: { code: 16, retriable: true, text: 'this broker is not the coordinator' },
  INVALID_TOPIC_EXCEPTION: { code: 17, retriable: false, text: 'the topic name is not valid' },
  RECORD_LIST_TOO_LARGE: { code: 18, retriable: false, text: 'the batch is larger than a segment' },
  NOT_ENOUGH_REPLICAS: { code: 19, retriable: true, text: 'too few replicas are in sync' },
  INVALID_REQUIRED_ACKS: { code: 21, retriable: false, text: 'acks must be -1, 0 or 1' },
  ILLEGAL_GENERATION: { code: 22, retriable: false, text: 'the generation is not that of the group' },
  INCONSISTENT_GROUP_PROTOCOL: { code: 23, retriable: false, text: 'no protocol is common to all members' },
  INVALID_GROUP_ID: { code: 24, retriable: false, text: 'the group id is not valid' },
  UNKNOWN_MEMBER_ID: { code: 25, retriable: false, text: 'the group does not know this member' },
  INVALID_SESSION_TIMEOUT: { code: 26, retriable: false, text: 'the session timeout is outside the allowed range' },
  REBALANCE_IN_PROGRESS: { code: 27, retriable: false, text: 'the group is rebalancing; join again' },
  INVALID_COMMIT_OFFSET_SIZE: { code: 28, retriable: false, text: 'the commit is too large' },
  TOPIC_AUTHORIZATION_FAILED: { code: 29, retriable: false, text: 'not authorised for the topic' },
  GROUP_AUTHORIZATION_FAILED: { code: 30, retriable: false, text: 'not authorised for the group' },
  CLUSTER_AUTHORIZATION_FAILED: { code: 31, retriable: false, text: 'not authorised for the cluster' },
  INVALID_TIMESTAMP: { code: 32, retriable: false, text: 'the timestamp is outside the allowed range' },
  UNSUPPORTED_SASL_MECHANISM: { code: 33, retriable: false, text: 'the SASL mechanism is not supported' },
  ILLEGAL_SASL_STATE: { code: 34, retriable: false, text: 'the request does not fit the SASL state' },
  UNSUPPORTED_VERSION: { code: 35, retriable: false, text: 'this version of the API is not supported' },
  TOPIC_ALREADY_EXISTS: { code: 36, retriable: false, text: 'the topic exists already' },
  INVALID_PARTITIONS: { code: 37, retriable: false, text: 'the number of partitions is not valid' },
  INVALID_REPLICATION_FACTOR: { code: 38, retriable: false, text: 'the replication factor is not valid' },
  INVALID_REPLICA_ASSIGNMENT: { code: 39, retriable: false, text: 'the replica assignment is not valid' },
  INVALID_CONFIG: { code: 40, retriable: false, text: 'the configuration is not valid' },
  NOT_CONTROLLER: { code: 41, retriable: true, text: 'this broker is not the controller' },
  INVALID_REQUEST: { code: 42, retriable: false, text: 'the request contradicts itself or the protocol' },
  UNSUPPORTED_FOR_MESSAGE_FORMAT: { code: 43, retriable: false, text: 'the message format does not allow this' },
  POLICY_VIOLATION: { code: 44, retriable: false, text: 'a policy of the broker forbids this' },
  OUT_OF_ORDER_SEQUENCE_NUMBER: {
    code: 45,
    retriable: false,
    text: 'a batch of this producer is missing before this one',
  },
  DUPLICATE_SEQUENCE_NUMBER: { code: 46, retriable: false, text: 'the batch was written before' },
  INVALID_PRODUCER_EPOCH: { code: 47, retriable: false, text: 'a newer instance of this producer exists' },
  INVALID_TXN_STATE: { code: 48, retriable: false, text: 'the transaction is not in a state that allows this' },
  INVALID_PRODUCER_ID_MAPPING: {
    code: 49,
    retriable: false,
    text: 'the producer id is not that of the transactional id',
  },
  INVALID_TRANSACTION_TIMEOUT: { code: 50, retriable: false, text: 'the transaction timeout is larger than allowed' },
  CONCURRENT_TRANSACTIONS: { code: 51, retriable: true, text: 'the previous transaction is still being completed' },
  TRANSACTION_COORDINATOR_FENCED: { code: 52, retriable: false, text: 'the transaction coordinator is outdated' },
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: {
    code: 53,
    retriable: false,
    text: 'not authorised for the transactional id',
  },
  SECURITY_DISABLED: { code: 54, retriable: false, text: 'security features are disabled' },
  OPERATION_NOT_ATTEMPTED: {
    code: 55,
    retriable: false,
    text: 'not attempted because another part of the request failed',
  },
  KAFKA_STORAGE_ERROR: { code: 56, retriable: true, text: 'the disk of the partition failed' },
  SASL_AUTHENTICATION_FAILED: { code: 58, retriable: false, text: 'authentication failed' },
  UNKNOWN_PRODUCER_ID: { code: 59, retriable: false, text: 'nothing is known of this producer any more' },
  REASSIGNMENT_IN_PROGRESS: { code: 60, retriable: false, text: 'the partition is being reassigned' },
  DELEGATION_TOKEN_AUTH_DISABLED: { code: 61, retriable: false, text: 'delegation tokens are disabled' },
  NON_EMPTY_GROUP: { code: 68, retriable: false, text: 'the group has members' },
  GROUP_ID_NOT_FOUND: { code: 69, retriable: false, text: 'there is no such group' },
  FETCH_SESSION_ID_NOT_FOUND: { code: 70, retriable: true, text: 'there is no such fetch session' },
  INVALID_FETCH_SESSION_EPOCH: { code: 71, retriable: true, text: 'the fetch session epoch is not the expected one' },
  LISTENER_NOT_FOUND: { code: 72, retriable: true, text: 'the leader has no matching listener' },
  TOPIC_DELETION_DISABLED: { code: 73, retriable: false, text: 'topics cannot be deleted here' },
  FENCED_LEADER_EPOCH: { code: 74, retriable: true, text: 'the leader epoch is outdated' },
  UNKNOWN_LEADER_EPOCH: { code: 75, retriable: true, text: 'the leader epoch is newer than this broker knows' },
  UNSUPPORTED_COMPRESSION_TYPE: {
    code: 76,
    retriable: false,
    text: 'this version of the API cannot carry this compression',
  },
  STALE_BROKER_EPOCH: { code: 77, retriable: false, text: 'the broker epoch is outdated' },
  OFFSET_NOT_AVAILABLE: { code: 78, retriable: true, text: 'the offset is not known yet' },
  MEMBER_ID_REQUIRED: { code: 79, retriable: false, text: 'join again with the member id of this answer' },
  GROUP_MAX_SIZE_REACHED: { code: 81, retriable: false, text: 'the group has as many members as it may have' },
  FENCED_INSTANCE_ID: { code: 82, retriable: false, text: 'another member has taken over this instance id' },
  GROUP_SUBSCRIBED_TO_TOPIC: { code: 86, retriable: false, text: 'members of the group read the topic' },
  INVALID_RECORD: { code: 87, retriable: false, text: 'a record was refused by the broker' },
  UNSTABLE_OFFSET_COMMIT: { code: 88, retriable: true, text: 'a transaction still holds offsets of this group' },
  PRODUCER_FENCED: { code: 90, retriable: false, text: 'a newer instance of this transactional producer exists' },
  TRANSACTIONAL_ID_NOT_FOUND: { code: 105, retriable: false, text: 'there is no such transactional id' },
  UNKNOWN_TOPIC_ID: { code: 100, retriable: true, text: 'there is no topic with this id' },
  INCONSISTENT_TOPIC_ID: { code: 103, retriable: true, text: 'the topic id is not that of the topic' },
} as const satisfies Record<string, WireError>

export type WireErrorName = keyof typeof WIRE_ERRORS

const NAMES = new Map<number, WireErrorName>(
  Object.entries(WIRE_ERRORS).map(([name, { code }]) => [code, name as WireErrorName]),
)

/** Code of a name, for answers. */
export function wireErrorCode(name: WireErrorName): number {
  return WIRE_ERRORS[name].code
}

/** Name of a code that came over the wire; a code we do not know is an unknown error of the server. */
export function wireErrorName(code: number): WireErrorName {
  return NAMES.get(code) ?? 'UNKNOWN_SERVER_ERROR'
}
