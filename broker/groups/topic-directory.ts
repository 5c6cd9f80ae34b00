/** The topics that there are, as far as offsets can be committed for them. */
export interface TopicDirectory {
  hasPartition(topic: string, partition: number): boolean
}
