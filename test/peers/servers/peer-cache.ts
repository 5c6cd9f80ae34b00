import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PeerMissing } from './peer-missing.ts'
import { runProgram } from './program.ts'

/** Where foreign servers are kept between runs; git ignores it. */
const CACHE = fileURLToPath(new URL('../.cache', import.meta.url))

/** Installers say a lot when they cannot. */
const MAX_REASON_LENGTH = 300

/** The folder of a peer, filled once by `fill`: what is there is whole, also after a run that was stopped. */
export async function cached(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(CACHE, name)
  if (existsSync(folder)) return folder
  await mkdir(CACHE, { recursive: true })
  const filling = await mkdtemp(join(CACHE, 'filling-'))
  try {
    await fill(filling)
    // A server may run as another user than the one that keeps the cache.
    await chmod(filling, 0o755)
    await rename(filling, folder)
  } finally {
    await rm(filling, { recursive: true, force: true })
  }
  return folder
}

/** Runs `install`, whose failure means that the peer cannot be had. */
export async function installing(peer: string, install: () => Promise<unknown>): Promise<void> {
  try {
    await install()
  } catch (error) {
    if (error instanceof PeerMissing) throw error
    const reason = error instanceof Error ? error.message.slice(0, MAX_REASON_LENGTH) : String(error)
    throw new PeerMissing(`${peer} cannot be installed: ${reason}`)
  }
}

/** Unpacks a zip from Maven Central. Throws PeerMissing when it cannot be fetched. */
export async function unpackMavenZip(coordinate: string, folder: string): Promise<void> {
  const [, artifact = '', version = ''] = coordinate.split(':')
  const arguments_ = ['-q', '-B', 'dependency:copy', `-Dartifact=${coordinate}:zip`, `-DoutputDirectory=${folder}`]
  await installing(coordinate, () => runProgram('mvn', arguments_))
  const zip = join(folder, `${artifact}-${version}.zip`)
  await runProgram('unzip', ['-q', zip, '-d', folder])
  await rm(zip)
}
