import type { ClientCommand } from './programs/client-command.ts'
import { type PeerClient, SESSION_TIMEOUT_MS } from './peer-client.ts'
import { PeerProcess } from './peer-process.ts'
import type { PlacedRecord } from './peer-record.ts'

/** How a program of `programs/` is run. */
export interface ClientProgram {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** A client that one of our programs drives. `prepare` makes it ready and says how to run it. */
export function createProgramClient(
  about: Pick<PeerClient, 'name'> & Partial<Pick<PeerClient, 'lacks' | 'cannotRead'>>,
  prepare: () => Promise<ClientProgram>,
): PeerClient {
  const run = async (command: ClientCommand, input: string | null = ''): Promise<PeerProcess> => {
    const program = await prepare()
    return new PeerProcess(program.command, [...program.args, JSON.stringify(command)], {
      input,
      env: program.env ?? {},
    })
  }
  return {
    lacks: () => null,
    cannotRead: () => null,
    ...about,
    setsTimestamps: true,
    dropsOneWhenTold: false,
    async install() {
      await prepare()
    },
    async produce({ records, ...sending }) {
      const process = await run({ does: 'produce', ...sending }, JSON.stringify(records))
      await process.succeeded()
    },
    async read(at, count) {
      const process = await run({ does: 'read', ...at, count })
      await process.succeeded()
      return process.lines.map((line) => JSON.parse(line) as PlacedRecord)
    },
    async stream(at) {
      return await run({ does: 'stream', ...at }, null)
    },
    async join(membership) {
      return await run({ does: 'join', ...membership, sessionTimeoutMs: SESSION_TIMEOUT_MS })
    },
    valueIn(line) {
      return Buffer.from((JSON.parse(line) as PlacedRecord).value ?? '', 'base64').toString('utf8')
    },
  }
}

/** Arguments of Node for a program in TypeScript. */
export function typescriptProgram(name: string): readonly string[] {
  const loader = new URL('../../documentation/typescript.js', import.meta.url).href
  const program = new URL(`programs/${name}.ts`, import.meta.url).pathname
  return ['--import', loader, program]
}
