/** `authorizedOperations` where they were not asked for; the least int32 (apache/kafka `MetadataResponse`). */
export const OPERATIONS_NOT_ASKED = -2_147_483_648
