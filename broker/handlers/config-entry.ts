/** Where a value comes from, by Kafka's numbers (apache/kafka `DescribeConfigsResponse.ConfigSource`). */
const CONFIG_SOURCES = { topic: 1, staticBroker: 4, default: 5 } as const

/** Kinds of values, by Kafka's numbers (`DescribeConfigsResponse.ConfigType`). */
const CONFIG_TYPES = {
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
} as const

export function configSource(isSetOnTopic: boolean): number {
  return isSetOnTopic ? CONFIG_SOURCES.topic : CONFIG_SOURCES.default
}

export const STATIC_BROKER_CONFIG: number = CONFIG_SOURCES.staticBroker

export function configType(kind: keyof typeof CONFIG_TYPES): number {
  return CONFIG_TYPES[kind]
}
