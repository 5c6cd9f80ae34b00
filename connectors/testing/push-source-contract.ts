import assert from 'node:assert/strict'
import type { NewEvent } from '../../schemas/event.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Deliver, PushSource, PushSourceDefinition, SourcePlugin } from '../connector.ts'
import { configContract, type ConfigSubject } from './config-contract.ts'
import type { TestContext } from './connector-context.ts'
import { inTime, nextTurn, type ContractCase } from './contract-case.ts'

/** A push source ready to be tried. */
export interface PushSourceSubject extends ConfigSubject {
  readonly context: TestContext
  /** Sends something that becomes at least one event, as its system would; tells whether it was acknowledged. */
  send(source: PushSource): Promise<boolean>
  /** Takes the outside world down. */
  close?(): Promise<void>
}

type Check = readonly [name: string, check: (tried: TriedPushSource) => Promise<void>]

/** The contract of a push source, to be run by any test runner. `setup` is called for each case. */
export function pushSourceContract(
  plugin: SourcePlugin,
  setup: () => Promise<PushSourceSubject>,
): readonly ContractCase[] {
  const { definition } = plugin
  if (definition.mode !== 'push') throw new Error(`${definition.type} is a pull source: use sourceContract`)
  const cases = CHECKS.map(([name, check]): ContractCase => ({
    name,
    async run() {
      const subject = await setup()
      const tried = await TriedPushSource.create(definition, subject)
      try {
        await check(tried)
      } finally {
        tried.release()
        await inTime(tried.source.close(), 'close()')
        await subject.close?.()
      }
    },
  }))
  return [...configContract(definition, setup), ...cases]
}

const CHECKS: readonly Check[] = [
  [
    'it acknowledges only what is durable',
    async (tried) => {
      await tried.startHolding()
      let acknowledged = false
      const sending = tried.send().then((answer) => {
        acknowledged = answer
        return answer
      })
      await tried.untilDelivered()
      for (let turn = 0; turn < 100; turn += 1) await nextTurn()
      assert.ok(!acknowledged, 'it acknowledged before the event was durable')
      tried.release()
      assert.ok(await inTime(sending, 'send'), 'it did not acknowledge what is durable')
      assert.ok(tried.delivered.length > 0 && tried.delivered.every(({ id, type }) => id !== '' && type !== ''))
    },
  ],
  [
    'it does not acknowledge what could not be made durable, and goes on',
    async (tried) => {
      let room = false
      await tried.start(async () => {
        if (!room) throw new StoplogError('E_DISK_FULL', 'no room', { retryable: true })
      })
      assert.ok(!(await inTime(tried.send(), 'send')), 'it acknowledged what was lost')
      room = true
      assert.ok(await inTime(tried.send(), 'send'), 'it did not go on afterwards')
    },
  ],
  [
    'close waits for deliveries under way and takes no more',
    async (tried) => {
      await tried.startHolding()
      const sending = tried.send()
      await tried.untilDelivered()
      let closed = false
      const closing = tried.source.close().then(() => {
        closed = true
      })
      for (let turn = 0; turn < 100; turn += 1) await nextTurn()
      assert.ok(!closed, 'it closed while a delivery was under way')
      tried.release()
      assert.ok(await inTime(sending, 'send'), 'the delivery under way was not acknowledged')
      await inTime(closing, 'close()')
      const after = await inTime(
        tried.send().catch(() => false),
        'send',
      )
      assert.ok(!after, 'it took an event after close()')
    },
  ],
  [
    'close can be called twice, also before start',
    async (tried) => {
      await tried.source.close()
      await tried.source.close()
    },
  ],
]

class TriedPushSource {
  readonly source: PushSource
  readonly delivered: NewEvent[] = []
  readonly #subject: PushSourceSubject
  readonly #held: Promise<void>
  readonly #arrived: Promise<void>
  #release = (): void => {}
  #arrive = (): void => {}

  private constructor(source: PushSource, subject: PushSourceSubject) {
    this.source = source
    this.#subject = subject
    this.#held = new Promise((resolve) => {
      this.#release = resolve
    })
    this.#arrived = new Promise((resolve) => {
      this.#arrive = resolve
    })
  }

  static async create(definition: PushSourceDefinition, subject: PushSourceSubject): Promise<TriedPushSource> {
    const source = await definition.create(definition.config.parse(subject.config), subject.context)
    return new TriedPushSource(source, subject)
  }

  async start(deliver: Deliver): Promise<void> {
    await this.source.start(async (events) => {
      this.delivered.push(...events)
      this.#arrive()
      await deliver(events)
    })
  }

  /** Starts; nothing becomes durable before `release`. */
  async startHolding(): Promise<void> {
    await this.start(async () => await this.#held)
  }

  async send(): Promise<boolean> {
    return await this.#subject.send(this.source)
  }

  release(): void {
    this.#release()
  }

  async untilDelivered(): Promise<void> {
    await inTime(this.#arrived, 'the delivery')
  }
}
