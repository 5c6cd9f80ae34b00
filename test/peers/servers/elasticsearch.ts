import { spawn, type ChildProcess } from 'node:child_process'
import { chownSync, closeSync, openSync, readFileSync } from 'node:fs'
import { chown, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { cached, unpackMavenZip } from './peer-cache.ts'
import { findJava, runProgram } from './program.ts'

/** A server that speaks Elasticsearch's bulk API, from Maven Central: the whole node with few of its modules. */
export interface SearchProduct {
  readonly name: 'elasticsearch' | 'opensearch'
  readonly version: string
  readonly coordinate: string
  readonly minJava: number
}

export const ELASTICSEARCH: SearchProduct = {
  name: 'elasticsearch',
  version: '8.19.21',
  coordinate: 'org.elasticsearch.distribution.integ-test-zip:elasticsearch:8.19.21',
  minJava: 17,
}

export const OPENSEARCH: SearchProduct = {
  name: 'opensearch',
  version: '2.19.6',
  coordinate: 'org.opensearch.distribution.integ-test-zip:opensearch:2.19.6',
  minJava: 11,
}

export interface SearchServerOptions {
  /** Lines of the server's own configuration file, such as `'http.max_content_length': '1mb'`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Turns on Elasticsearch's security; the user `elastic`, who may do all, and `guest`, who may only read, have it. */
  readonly password?: string
}

export interface SearchServer {
  readonly url: string
  /** Ends it in order and removes its data. */
  stop(): Promise<void>
  /** `kill -9`, at once. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, with other settings where given; ends it in order if it runs. */
  restart(options?: SearchServerOptions): Promise<void>
}

/** Downloads the server if it is not there yet. Throws PeerMissing when it cannot be had on this machine. */
export async function installSearchServer(product: SearchProduct): Promise<string> {
  await findJava(product.minJava)
  const { name, version } = product
  const folder = await cached(`${name}-${version}`, (filling) => unpackMavenZip(product.coordinate, filling))
  return join(folder, `${name}-${version}`)
}

/** Starts Elasticsearch 8 on free ports of the loopback; about 30 s and 850 MB. */
export function startElasticsearch(options: SearchServerOptions = {}): Promise<SearchServer> {
  return startSearchServer(ELASTICSEARCH, options)
}

export function startOpenSearch(options: SearchServerOptions = {}): Promise<SearchServer> {
  return startSearchServer(OPENSEARCH, options)
}

export async function startSearchServer(
  product: SearchProduct,
  options: SearchServerOptions = {},
): Promise<SearchServer> {
  const home = await installSearchServer(product)
  const java = await findJava(product.minJava)
  const node = new SearchNode({
    product,
    home,
    java,
    folder: await mkdtemp(join(tmpdir(), `stoplog-${product.name}-`)),
  })
  try {
    await node.start(options)
  } catch (error) {
    await node.stop()
    throw error
  }
  return node
}

interface Installation {
  readonly product: SearchProduct
  readonly home: string
  readonly java: string
  /** Configuration, data and logs of this one node. */
  readonly folder: string
}

/** The servers refuse to run as root: then this user, who owns nothing else, runs them. */
const NOBODY = { uid: 65_534, gid: 65_534 }
const IS_ROOT = process.getuid?.() === 0
const USER = IS_ROOT ? NOBODY : {}
const START_TIMEOUT_MS = 180_000
const STOP_TIMEOUT_MS = 30_000

class SearchNode implements SearchServer {
  readonly #installation: Installation
  #port = 0
  #transportPort = 0
  #process: ChildProcess | null = null
  #options: SearchServerOptions = {}
  readonly #endWithTests = (): void => this.#signal('SIGKILL')

  constructor(installation: Installation) {
    this.#installation = installation
    process.on('exit', this.#endWithTests)
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(options: SearchServerOptions): Promise<void> {
    this.#options = options
    if (this.#port === 0) {
      this.#port = await freePort()
      this.#transportPort = await freePort()
    }
    await this.#configure(options)
    const { product, home, folder } = this.#installation
    const log = openSync(join(folder, 'output.log'), 'a')
    this.#process = spawn(join(home, 'bin', product.name), [], {
      cwd: folder,
      env: this.#environment(),
      stdio: ['ignore', log, log],
      // A group of its own: the program starts the server as a child, and both are to end together.
      detached: true,
      ...USER,
    })
    closeSync(log)
    await this.#untilReady(this.#process)
  }

  async restart(options = this.#options): Promise<void> {
    await this.#end('SIGTERM')
    await this.start(options)
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    process.off('exit', this.#endWithTests)
    await rm(this.#installation.folder, { recursive: true, force: true })
  }

  async #configure({ settings = {}, password }: SearchServerOptions): Promise<void> {
    const { product, home, folder } = this.#installation
    const config = join(folder, 'config')
    await cp(join(home, 'config'), config, { recursive: true })
    for (const name of ['data', 'logs', 'tmp']) await mkdir(join(folder, name), { recursive: true })
    const security =
      product.name === 'elasticsearch' ? { 'xpack.security.enabled': String(password !== undefined) } : {}
    const all: Readonly<Record<string, string>> = {
      'cluster.name': 'stoplog-peer',
      'network.host': '127.0.0.1',
      'http.port': String(this.#port),
      'transport.port': String(this.#transportPort),
      'discovery.type': 'single-node',
      'path.data': join(folder, 'data'),
      'path.logs': join(folder, 'logs'),
      // A full disk of the machine that runs the tests is no matter of theirs.
      'cluster.routing.allocation.disk.threshold_enabled': 'false',
      ...security,
      ...settings,
    }
    const text = Object.entries(all).map(([name, value]) => `${name}: ${value}\n`)
    await writeFile(join(config, `${product.name}.yml`), text.join(''))
    // They are relative to the program's own folder, which others may own.
    const javaOptions = await readFile(join(config, 'jvm.options'), 'utf8')
    await writeFile(join(config, 'jvm.options'), javaOptions.replaceAll('=logs/', `=${join(folder, 'logs')}/`))
    if (IS_ROOT) await own(folder)
    if (password !== undefined) await this.#addUsers(password)
  }

  #environment(): Record<string, string> {
    const { product, java, folder } = this.#installation
    const prefix = product.name === 'elasticsearch' ? 'ES' : 'OPENSEARCH'
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      [`${prefix}_JAVA_HOME`]: java,
      [`${prefix}_JAVA_OPTS`]: '-Xms512m -Xmx512m',
      [`${prefix}_PATH_CONF`]: join(folder, 'config'),
      [`${prefix}_TMPDIR`]: join(folder, 'tmp'),
    }
  }

  async #addUsers(password: string): Promise<void> {
    const { home, folder } = this.#installation
    const bin = join(home, 'bin')
    const environment = Object.entries(this.#environment()).map(([name, value]) => `${name}=${value}`)
    const run = (command: string): Promise<string> => {
      return runProgram('env', [...environment, 'sh', '-c', command, 'sh', bin, password], USER)
    }
    await writeFile(
      join(folder, 'config', 'roles.yml'),
      "reader: { indices: [ { names: '*', privileges: [ read ] } ] }\n",
    )
    await run('printf %s "$2" | "$1/elasticsearch-keystore" add -s -x -f bootstrap.password')
    await run('"$1/elasticsearch-users" useradd guest -p "$2" -r reader')
  }

  async #untilReady(server: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS
    const authorization = `Basic ${Buffer.from(`elastic:${this.#options.password ?? ''}`).toString('base64')}`
    const headers: Record<string, string> = this.#options.password === undefined ? {} : { authorization }
    while (server.exitCode === null && server.signalCode === null && Date.now() < deadline) {
      const health = await fetch(`${this.url}/_cluster/health?wait_for_status=yellow&timeout=1s`, { headers }).catch(
        () => null,
      )
      await health?.arrayBuffer()
      if (health?.status === 200) return
      await wait(250)
    }
    const log = readFileSync(join(this.#installation.folder, 'output.log'), 'utf8')
    await this.#end('SIGKILL')
    throw new Error(`${this.#installation.product.name} does not start:\n${log.slice(-4_000)}`)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#process
    this.#process = null
    if (server === null || server.exitCode !== null || server.signalCode !== null) return
    const ended = new Promise((resolve) => server.once('exit', resolve))
    signalGroup(server, signal)
    const inTime = await Promise.race([ended.then(() => true), wait(STOP_TIMEOUT_MS, false, { ref: false })])
    if (inTime) return
    signalGroup(server, 'SIGKILL')
    await ended
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#process !== null) signalGroup(this.#process, signal)
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended by itself.
  }
}

async function own(folder: string): Promise<void> {
  chownSync(folder, NOBODY.uid, NOBODY.gid)
  for (const entry of await readdir(folder, { recursive: true })) {
    await chown(join(folder, entry), NOBODY.uid, NOBODY.gid)
  }
}
