import type { FailedInput } from '../../schemas/event.ts'
import type { FailureAction } from '../../schemas/pipeline.ts'
import type { Clock } from '../../schemas/runtime.ts'
import { StoplogError, toStoplogError } from '../../schemas/stoplog-error.ts'
import type { SinkPlan, SourcePlan, StreamPlan } from '../graph/plan.ts'
import { failedBeforeRedacted, type FailedNode, toDeadInput, toDeadLetter, withheldMessage } from './dead-letter.ts'
import { FailureWindow } from './failure-window.ts'
import { NodeStop } from './node-stop.ts'
import type { NodeStatus } from './node-status.ts'
import type { FailedEvent } from './step-chain.ts'
import type { TopicWriter } from './topic-writer.ts'

/** What a node does with events that failed: to the dead letters, away, or no further. */
export class FailedEvents {
  readonly #plan: SourcePlan | StreamPlan | SinkPlan
  readonly #node: FailedNode
  readonly #deadLetters: TopicWriter
  readonly #status: NodeStatus
  readonly #clock: Clock
  readonly #window: FailureWindow

  constructor(plan: SourcePlan | StreamPlan | SinkPlan, deadLetters: TopicWriter, status: NodeStatus, clock: Clock) {
    this.#plan = plan
    this.#node = {
      name: plan.name,
      path: plan.path,
      kind: plan.kind,
      lastRedactStep: plan.steps.findLastIndex(({ type }) => type === 'redact'),
    }
    this.#deadLetters = deadLetters
    this.#status = status
    this.#clock = clock
    this.#window = new FailureWindow(plan.onError.stopAfter)
  }

  /**
   * Decides before anything of a stretch is written whether the node may go on. Throws NodeStop when an event must not
   * be passed, or when too many of them have failed: then the stretch is left as it is.
   */
  admit(total: number, failed: readonly FailedEvent[], failedInput: readonly FailedInput[] = []): void {
    const stopping = failed.find((failure) => this.#actionOf(failure) === 'stop')
    if (stopping !== undefined) {
      const { error, step, event } = stopping
      const reason = failedBeforeRedacted(stopping, this.#node)
        ? withheldMessage(error)
        : `${error.code}: ${error.message}`
      throw this.#stop('E_NODE_STOP', `${step?.path ?? this.#plan.path} ${reason} (${event.id})`)
    }
    if (failedInput.length > 0 && this.#plan.onError.action === 'stop') {
      throw this.#stop('E_NODE_STOP', `${failedInput[0]?.origin ?? ''}: ${this.#exampleOf([], failedInput)}`)
    }
    const failures = failed.length + failedInput.length
    if (!this.#window.note(total + failedInput.length, failures, this.#clock.now())) return
    throw this.#stop('E_NODE_FAILURES', `too many events fail, such as: ${this.#exampleOf(failed, failedInput)}`)
  }

  /** Why the first of them failed; it goes into the log, so it is not told where it may quote a secret. */
  #exampleOf([failure]: readonly FailedEvent[], [input]: readonly FailedInput[]): string {
    const error = failure?.error ?? (input === undefined ? undefined : toStoplogError(input.error))
    if (error === undefined) return ''
    const isWithheld = failedBeforeRedacted(failure ?? { step: null }, this.#node)
    return isWithheld ? withheldMessage(error) : error.message
  }

  /** Puts them where they belong: durable with the next flush of the producer, or when the result has resolved. */
  put(failed: readonly FailedEvent[], failedInput: readonly FailedInput[] = []): () => Promise<void> {
    const letters: Promise<void>[] = []
    for (const failure of failed) {
      if (this.#actionOf(failure) === 'drop') this.#status.add({ dropped: 1 })
      else {
        letters.push(this.#deadLetters.append(toDeadLetter(failure, this.#node), failure.event.partition))
        this.#status.add({ dead: 1 })
      }
    }
    for (const input of failedInput) {
      if (this.#plan.onError.action === 'drop') this.#status.add({ in: 1, dropped: 1 })
      else {
        letters.push(this.#deadLetters.append(toDeadInput(input, this.#node, this.#clock.now())))
        this.#status.add({ in: 1, dead: 1 })
      }
    }
    return async () => void (await Promise.all(letters))
  }

  #actionOf({ step, error }: FailedEvent): FailureAction {
    if (error.code === 'E_TIME_FUTURE' && this.#plan.kind === 'source') return this.#plan.onFuture
    const planned = step === null ? undefined : this.#plan.steps[step.index]
    return (planned ?? this.#plan).onError.action
  }

  #stop(code: 'E_NODE_STOP' | 'E_NODE_FAILURES', message: string): NodeStop {
    return new NodeStop(new StoplogError(code, message, { where: this.#plan.path }))
  }
}
