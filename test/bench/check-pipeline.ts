import { readFile } from 'node:fs/promises'
import { decodeHeaders } from '../../broker/protocol/record-headers.ts'
import { systemClock } from '../../broker/system-clock.ts'
import { OfflineTopics } from '../../pipelines/runtime/offline-topics.ts'
import { HEADER } from '../../schemas/event-header-names.ts'
import { LineSet } from './line-set.ts'

const SOURCE_TOPIC = 'severe-findings.findings'
const SOURCE_HEADERS = [HEADER.id, HEADER.source, HEADER.type]

/** The files of a run. */
export interface PipelineFiles {
  readonly input: string
  readonly output: string
  /** What the loop has made of the same input. */
  readonly loopOutput: string
  /** Figures that the output must have, from elsewhere; null where there are none. */
  readonly expected: string | null
  readonly dataFolder: string
}

interface ExpectedFigures {
  readonly n: number
  readonly w1: { readonly kept: number; readonly scoreSum: number; readonly bytesOut: number }
}

/**
 * Throws unless every input line lies in the source topic, byte by byte and with its headers, and the output has the
 * lines that the loop has made, each once. Returns in words what was found.
 */
export async function checkPipeline(files: PipelineFiles): Promise<string> {
  const input = await LineSet.ofFile(files.input)
  const topic = await readSourceTopic(files.dataFolder)
  if (!topic.equals(input)) throw new Error(`the topic has ${topic.count} records, not those of ${input.count} lines`)
  let scoreSum = 0
  const output = await LineSet.ofFile(files.output, (line) => {
    scoreSum += (JSON.parse(line) as { readonly score: number }).score
  })
  const loopOutput = await LineSet.ofFile(files.loopOutput)
  if (!output.equals(loopOutput))
    throw new Error(`${output.count} lines came out, not the ${loopOutput.count} of the loop`)
  const found = { n: input.count, kept: output.count, scoreSum: Math.round(scoreSum * 10) / 10, bytesOut: output.bytes }
  const words = `${found.n} records in the topic, ${found.kept} lines out, equal to those of the loop`
  if (files.expected === null) return words
  const { n, w1 } = JSON.parse(await readFile(files.expected, 'utf8')) as ExpectedFigures
  const wanted = { n, kept: w1.kept, scoreSum: w1.scoreSum, bytesOut: w1.bytesOut }
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(`found ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`)
  }
  return `${words} and to the expected figures`
}

async function readSourceTopic(folder: string): Promise<LineSet> {
  const refuse = (message: string): never => {
    throw new Error(message)
  }
  const reading = await OfflineTopics.open(folder, systemClock, { info: refuse, warn: refuse, error: refuse })
  try {
    const topic = (await reading.topics()).find(({ name }) => name === SOURCE_TOPIC)
    if (topic === undefined) throw new Error(`there is no topic ${SOURCE_TOPIC}`)
    const ranges = topic.partitions.map(({ partition, startOffset, endOffset }) => ({
      partition,
      fromOffset: startOffset,
      toOffset: endOffset,
    }))
    const lines = new LineSet()
    for (const cursor of reading.read(SOURCE_TOPIC, ranges, new AbortController().signal)) {
      for (let record = await cursor.next(); record !== null; record = await cursor.next()) {
        const { value, encodedHeaders } = record
        const names = decodeHeaders(encodedHeaders).map(({ name }) => name)
        if (value === null || !SOURCE_HEADERS.every((name) => names.includes(name))) {
          throw new Error(`record ${record.offset} of partition ${cursor.partition} has headers ${names.join(', ')}`)
        }
        lines.add(value)
      }
    }
    return lines
  } finally {
    await reading.close()
  }
}
