import { onTestFinished } from 'vitest'
import type { PushSource } from '../../connectors/connector.ts'
import { httpSource } from '../../connectors/http/source.ts'
import { createTestContext, type TestContext } from '../../connectors/testing/connector-context.ts'
import { createExpressions } from '../../processors/cel/expressions.ts'
import type { NewEvent } from '../../schemas/event.ts'
import { send, type Answer, type Sending } from './http-client.ts'

export interface HttpSourceOptions {
  readonly baseDir?: string
  /** Until it resolves, nothing is durable. */
  readonly deliver?: (events: readonly NewEvent[]) => Promise<void>
}

/** The source `http` on a free port, and what it has delivered. Closed with the test. */
export class RunningHttpSource {
  readonly source: PushSource
  readonly context: TestContext
  /** One list for each request. */
  readonly deliveries: (readonly NewEvent[])[] = []

  private constructor(source: PushSource, context: TestContext) {
    this.source = source
    this.context = context
  }

  static async start(config: object = {}, options: HttpSourceOptions = {}): Promise<RunningHttpSource> {
    const context = createTestContext({ baseDir: options.baseDir ?? '/', expressions: createExpressions() })
    const source = await createHttpSource(config, context)
    const running = new RunningHttpSource(source, context)
    onTestFinished(() => source.close())
    await source.start(async (events) => {
      running.deliveries.push(events)
      await options.deliver?.(events)
    })
    return running
  }

  get url(): string {
    return urlOf(this.context)
  }

  get events(): readonly NewEvent[] {
    return this.deliveries.flat()
  }

  /** The values as they were handed over. */
  get values(): readonly string[] {
    return this.events.map(({ value }) => (value instanceof Uint8Array ? Buffer.from(value).toString() : 'parsed'))
  }

  send(body: string | Uint8Array, headers: Sending['headers'] = {}): Promise<Answer> {
    return send(this.url, { body, headers })
  }
}

export async function createHttpSource(config: object, context: TestContext): Promise<PushSource> {
  const { definition } = httpSource
  if (definition.mode !== 'push') throw new Error('http is a push source')
  return await definition.create(definition.config.parse({ listen: '127.0.0.1:0', ...config }), context)
}

/** Where a source that was given port 0 listens: it says so when it starts. */
export function urlOf(context: TestContext): string {
  const started = context.logged.find(({ message }) => message === 'listens for requests')
  if (typeof started?.fields['url'] !== 'string') throw new Error('it does not listen')
  return started.fields['url']
}
