/** ConsumerProtocolSubscription, version 0: what a member of a consumer group says it reads. */
export function subscription(topics: readonly string[], version = 0): Buffer {
  const parts: Buffer[] = [int16(version), int32(topics.length)]
  for (const topic of topics) parts.push(int16(Buffer.byteLength(topic)), Buffer.from(topic))
  return Buffer.concat([...parts, int32(-1)])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
