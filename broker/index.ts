/** `stoplog/broker`: the broker alone, for programs that want to start one themselves. */
export { type Broker, startBroker } from './broker.ts'
export { type BrokerOptions, type Durability } from './options.ts'
export { FileStorage } from './log/file-storage.ts'
export { MemoryStorage } from './log/memory-storage.ts'
export { systemClock } from './system-clock.ts'
