import { hostname } from 'node:os'
import { isAlive, readLock } from '../../broker/log/directory-lock.ts'
import { Cluster } from '../../broker/client/cluster.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Plan } from '../graph/plan.ts'
import { LiveTopics } from '../runtime/live-topics.ts'
import { OfflineTopics } from '../runtime/offline-topics.ts'
import type { TopicReading } from '../runtime/topic-reading.ts'
import type { CliIo } from './cli-io.ts'
import { findDataFolder, showPath } from './data-folder.ts'
import { areSound } from './documents.ts'
import { createLineLogger } from './json-logger.ts'
import { loadNamedDocuments } from './named-documents.ts'
import { WrongDocument } from './outcome.ts'
import { checkReachable } from './session.ts'
import type { VariableOptions } from './variables.ts'

export interface TopicOptions extends VariableOptions {
  readonly file: string | undefined
  readonly 'data-dir': string | undefined
}

/** Topics to look into, and what is known of where they come from. */
export interface TopicAccess {
  readonly reading: TopicReading
  /** The broker's address, or the data directory whose broker does not run. */
  readonly place: string
  /** Of the document that was named. */
  readonly plan: Plan | null
}

/**
 * Finds the topics that are meant: of the cluster that the document names, else of the broker that works on the data
 * directory, else in the directory itself. Rejects with what is missing.
 */
export async function openTopics(options: TopicOptions, io: CliIo): Promise<TopicAccess> {
  const plan = await planOf(options, io)
  if (plan?.broker.kind === 'cluster') {
    const { bootstrapServers } = plan.broker
    return { reading: await connect(bootstrapServers, io), place: bootstrapServers.join(', '), plan }
  }
  const folder = await findDataFolder(options.file, options['data-dir'], io.cwd)
  const owner = await readLock(folder)
  if (owner !== null && isAlive(owner)) {
    if (owner.host !== hostname()) {
      throw new StoplogError('E_DATA_DIR_IN_USE', `a process on ${owner.host} works on ${showPath(folder, io.cwd)}`, {
        where: showPath(folder, io.cwd),
        fix: `call this on ${owner.host}`,
      })
    }
    if (owner.address === null) {
      throw new StoplogError('E_DATA_DIR_IN_USE', `process ${owner.pid} is starting its broker`, {
        where: showPath(folder, io.cwd),
        fix: 'try again in a moment',
      })
    }
    return { reading: await connect([owner.address], io), place: owner.address, plan }
  }
  const logger = createLineLogger((line) => void io.stderr.write(line))
  return { reading: await OfflineTopics.open(folder, io.clock, logger), place: showPath(folder, io.cwd), plan }
}

async function planOf(options: TopicOptions, io: CliIo): Promise<Plan | null> {
  if (options.file === undefined) return null
  const loaded = await loadNamedDocuments([options.file], options, { requireSecrets: false }, io)
  if (!areSound(loaded)) throw new WrongDocument(loaded.problems)
  return loaded.documents[0]?.plan ?? null
}

async function connect(bootstrapServers: readonly string[], io: CliIo): Promise<LiveTopics> {
  await checkReachable(bootstrapServers, io)
  return new LiveTopics(new Cluster({ bootstrapServers, clientId: 'stoplog', clock: io.clock }))
}
