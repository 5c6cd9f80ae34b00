import { checkExpression, createExpressions } from '../../processors/cel/expressions.ts'
import type { ExpressionSource } from '../../schemas/expression.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { RuntimeEvent } from '../runtime/runtime-event.ts'
import { TopicOrigin } from '../runtime/topic-origin.ts'
import type { TopicRecord } from '../runtime/topic-reading.ts'

/** Lets events through as `--where` says, and counts those that it cannot be computed for. */
export class EventFilter {
  /** Events for which the expression failed, and why the first one did. */
  failures = 0
  firstFailure: StoplogError | null = null
  readonly #matches: (event: TopicRecord) => boolean

  /** Throws the error of an expression that cannot be used. */
  constructor(text: string | undefined) {
    if (text === undefined) {
      this.#matches = () => true
      return
    }
    const source: ExpressionSource = { kind: 'expression', text, expected: 'boolean' }
    const problem = checkExpression(source)
    if (problem !== null) {
      const { code, message, fix } = problem
      throw new StoplogError(code, message, { where: '--where', fix })
    }
    const condition = createExpressions().condition(source)
    this.#matches = ({ topic, partition, record }) =>
      condition(new RuntimeEvent(new TopicOrigin(topic, partition, record), 'consume'))
  }

  lets(event: TopicRecord): boolean {
    try {
      return this.#matches(event)
    } catch (error) {
      if (!(error instanceof StoplogError)) throw error
      this.failures += 1
      this.firstFailure ??= error
      return false
    }
  }
}
