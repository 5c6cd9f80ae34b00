/** What stands in the frames that kafkajs recorded, as far as its names and numbers can be seen in their bytes. */
export const KAFKAJS_VALUES: Readonly<Record<string, object>> = {
  'addOffsetsToTxn/v0_request.json': { transactionalId: 'test-transactional-id', producerId: 1001, groupId: 'foobar' },
  'addOffsetsToTxn/v0_response.json': { throttleTimeMs: 0, errorCode: 0 },
  'addPartitionsToTxn/v0_request.json': {
    v3AndBelowProducerId: 1001,
    v3AndBelowTopics: [{ name: 'test-topic', partitions: [0, 1, 2, 3] }],
  },
  'addPartitionsToTxn/v0_response.json': {
    resultsByTopicV3AndBelow: [{ resultsByPartition: [{ partitionIndex: 1 }, { partitionIndex: 2 }] }],
  },
  'alterConfigs/v0_request.json': {
    resources: [{ resourceType: 2, configs: [{ name: 'cleanup.policy', value: 'compact' }] }],
  },
  'alterConfigs/v0_response.json': { responses: [{ errorCode: 0, errorMessage: null, resourceType: 2 }] },
  'apiVersions/v0_request.json': { clientSoftwareName: '' },
  'apiVersions/v0_response.json': { errorCode: 0 },
  'apiVersions/v1_response.json': { throttleTimeMs: 0 },
  'createPartitions/v1_request.json': {
    topics: [
      { name: 'test-topic-c8d8ca3d95495c6b900d', count: 3, assignments: null },
      {
        name: 'test-topic-050fb2e6aed13a954288',
        count: 5,
        assignments: [{ brokerIds: [0] }, { brokerIds: [1] }, { brokerIds: [2] }],
      },
    ],
    timeoutMs: 5000,
    validateOnly: false,
  },
  'createPartitions/v0_response.json': { results: [{ errorCode: 0, errorMessage: null }, { errorCode: 0 }] },
  'createTopics/v2_request.json': {
    topics: [{ numPartitions: -1, replicationFactor: -1, assignments: [], configs: [] }, { numPartitions: -1 }],
    timeoutMs: 5000,
    validateOnly: false,
  },
  'createTopics/v2_response.json': { topics: [{ errorCode: 0, errorMessage: null, configs: null }, { errorCode: 0 }] },
  'deleteRecords/v0_request.json': { topics: [{ partitions: [{ partitionIndex: 0, offset: 7 }] }], timeoutMs: 5000 },
  'deleteRecords/v0_response.json': {
    topics: [{ partitions: [{ partitionIndex: 0, lowWatermark: 7, errorCode: 0 }] }],
  },
  'deleteTopics/v1_request.json': {
    topicNames: [
      'test-topic-386ea404396d663a8042-56298-e6e26331-de25-48d8-90b6-4710cd0b618b',
      'test-topic-bb5d4c0c37ae53eb8b53-56298-ac202bf8-78e7-4d8b-ad07-4e01d8148db0',
    ],
    timeoutMs: 5000,
  },
  'deleteTopics/v1_response.json': { responses: [{ errorCode: 0 }, { errorCode: 0 }] },
  'describeConfigs/v1_request.json': {
    resources: [{ resourceName: 'topic-test1', configurationKeys: ['compression.type', 'retention.ms'] }],
    includeSynonyms: true,
  },
  'describeConfigs/v1_response.json': {
    results: [
      {
        configs: [
          { name: 'compression.type', value: 'producer', configSource: 5, synonyms: [{ source: 5 }] },
          { name: 'retention.ms', value: '604800000', synonyms: [] },
        ],
      },
    ],
  },
  'describeGroups/v0_request.json': { groups: ['consumer-group-id-608e7e42043d917ecb44'] },
  'describeGroups/v1_response.json': {
    groups: [
      {
        groupState: 'Stable',
        protocolType: 'consumer',
        protocolData: 'RoundRobinAssigner',
        members: [{ clientHost: '/172.19.0.1' }],
      },
    ],
  },
  'endTxn/v0_request.json': {
    transactionalId: 'test-transactional-id',
    producerId: 1001,
    producerEpoch: 0,
    committed: true,
  },
  'endTxn/v0_response.json': { errorCode: 0 },
  'fetch/v4_request.json': {
    replicaId: 0,
    maxWaitMs: 5,
    minBytes: 1,
    maxBytes: 10_485_760,
    isolationLevel: 1,
    topics: [{ topic: 'test-topic', partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_048_576 }] }],
  },
  'fetch/v5_request.json': { topics: [{ partitions: [{ logStartOffset: -1 }] }] },
  'fetch/v7_request.json': { sessionId: 0, sessionEpoch: -1, forgottenTopicsData: [] },
  'fetch/v9_request.json': { topics: [{ partitions: [{ currentLeaderEpoch: -1 }] }] },
  'fetch/v11_request.json': { rackId: 'rack1' },
  'fetch/v4_response_gzip.json': { responses: [{ partitions: [{ errorCode: 0, abortedTransactions: [] }] }] },
  'fetch/v7_response.json': {
    sessionId: 0,
    responses: [{ partitions: [{ highWatermark: 3, lastStableOffset: 3, logStartOffset: 0 }] }],
  },
  'fetch/v11_response.json': { responses: [{ partitions: [{ preferredReadReplica: 0 }] }] },
  'findCoordinator/v0_request.json': { key: 'test-topic' },
  'findCoordinator/v1_request.json': { key: 'group-id', keyType: 0 },
  'findCoordinator/v0_response.json': { nodeId: 1, host: '192.168.1.155', port: 9095 },
  'findCoordinator/v1_response_version_error.json': { errorCode: 35, errorMessage: null, nodeId: 2, port: 9098 },
  'heartbeat/v0_request.json': {
    groupId: 'consumer-group-id-ba8da1f6117562ed5615',
    generationId: 1,
    groupInstanceId: null,
  },
  'heartbeat/v3_request.json': {
    groupInstanceId:
      'test-14da1b41ac688a6dcb78-26762-4dac8e12-dc28-4db2-8456-95bc6c1589bb-7bad1e84-c2de-4cc6-8071-badb27c86166',
  },
  'heartbeat/v1_response.json': { throttleTimeMs: 0, errorCode: 0 },
  'initProducerId/v0_request.json': { transactionalId: 'initproduceridtransaction', transactionTimeoutMs: 30_000 },
  'initProducerId/v0_response.json': { errorCode: 0, producerId: 1006, producerEpoch: 0 },
  'joinGroup/v0_request.json': {
    groupId: 'test-group',
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: -1,
    memberId: '',
    protocols: [{ name: 'default' }],
  },
  'joinGroup/v1_request.json': { rebalanceTimeoutMs: 60_000, protocols: [{ name: 'AssignerName' }] },
  'joinGroup/v5_request.json': { groupInstanceId: 'group-instance-id' },
  'joinGroup/v0_response.json': {
    generationId: 11,
    protocolName: 'default',
    members: [{ metadata: Buffer.from([0, 0]) }],
  },
  'joinGroup/v5_response.json': { throttleTimeMs: 0, members: [{ groupInstanceId: 'group-instance-id' }] },
  'leaveGroup/v0_request.json': { memberId: 'test-45eb7a4239f548578e8b-b2b08fa3-b887-4719-b9e1-391ec944b53f' },
  'leaveGroup/v3_request.json': { memberId: '', members: [{ groupInstanceId: null }] },
  'leaveGroup/v3_response.json': { members: [{ memberId: 'test-42962f68-e801-4cd8-b359-2d862ebb4d05', errorCode: 0 }] },
  'listOffsets/v1_request.json': {
    replicaId: -1,
    topics: [{ partitions: [{ partitionIndex: 0, timestamp: 1_509_285_569_484 }] }],
  },
  'listOffsets/v2_request.json': { isolationLevel: 0 },
  'listOffsets/v1_response.json': { topics: [{ partitions: [{ timestamp: 1_543_343_103_774, offset: 0 }] }] },
  'listOffsets/v2_response.json': { topics: [{ partitions: [{ timestamp: -1, offset: 1 }] }] },
  'metadata/v3_response.json': {
    clusterId: 'Q0WO3u_TTAeslFDJWiiGvA',
    controllerId: 1,
    topics: [{ partitions: [{ leaderId: 2, replicaNodes: [2], isrNodes: [2] }] }],
  },
  'metadata/v5_offline_replicas_response.json': {
    brokers: [{ nodeId: 1 }, { nodeId: 0 }],
    topics: [
      { name: 'topic-test' },
      { partitions: [{ errorCode: 5, leaderId: -1, replicaNodes: [2], isrNodes: [], offlineReplicas: [2] }] },
    ],
  },
  'offsetCommit/v2_request_metadata.json': {
    generationIdOrMemberEpoch: 1,
    retentionTimeMs: -1,
    topics: [
      { name: 'test-topic-9167000121c242c36142', partitions: [{ committedOffset: 0, committedMetadata: 'test' }] },
    ],
  },
  'offsetCommit/v5_request.json': { topics: [{ partitions: [{ committedMetadata: null }] }] },
  'offsetCommit/v3_response.json': { topics: [{ partitions: [{ partitionIndex: 0, errorCode: 0 }] }] },
  'offsetFetch/v1_request.json': { topics: [{ name: 'test-topic-9f9b074057acd4335946', partitionIndexes: [0] }] },
  'offsetFetch/v3_response.json': {
    topics: [{ partitions: [{ committedOffset: -1, metadata: '', errorCode: 0 }] }],
    errorCode: 0,
  },
  'produce/v3_request.json': {
    transactionalId: null,
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name: 'test-topic-ebba68879c6f5081d8c2', partitionData: [{ index: 0 }] }],
  },
  'produce/v6_request.json': { acks: 1 },
  'produce/v3_response.json': {
    responses: [{ partitionResponses: [{ index: 0, errorCode: 0, baseOffset: 0, logAppendTimeMs: -1 }] }],
  },
  'produce/v5_response.json': { responses: [{ partitionResponses: [{ logStartOffset: 0 }] }] },
  'saslAuthenticate/v0_request_plain.json': { authBytes: Buffer.from('\0test\0testtest') },
  'saslAuthenticate/v0_response_plain.json': { errorCode: 0, errorMessage: null, authBytes: Buffer.alloc(0) },
  'saslAuthenticate/v1_response_plain.json': { sessionLifetimeMs: 360_000 },
  'syncGroup/v0_request.json': {
    groupId: 'test-group',
    generationId: 1,
    assignments: [
      { memberId: 'example-consumer-a7384422-58ff-476d-bb01-7e4ecc376578', assignment: Buffer.from('[object Object]') },
    ],
  },
  'syncGroup/v0_response.json': { errorCode: 0, assignment: Buffer.from('{"topic-test":[2,5,4,1,3,0]}') },
  'txnOffsetCommit/v0_request.json': {
    transactionalId: 'test-transactional-id',
    groupId: 'test-group-id',
    producerId: 20_000,
    topics: [{ name: 'test-topic', partitions: [{ partitionIndex: 1, committedOffset: 0 }, { partitionIndex: 2 }] }],
  },
  'txnOffsetCommit/v0_response.json': { topics: [{ partitions: [{ partitionIndex: 1 }, { partitionIndex: 2 }] }] },
}
