import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { PeerMissing } from './peer-missing.ts'

const execute = promisify(execFile)

/** What a program printed, both streams behind each other. Throws PeerMissing when there is no such program. */
export async function runProgram(
  command: string,
  args: readonly string[],
  user: { readonly uid?: number; readonly gid?: number } = {},
): Promise<string> {
  try {
    const { stdout, stderr } = await execute(command, args, { ...user, timeout: 600_000, maxBuffer: 16_777_216 })
    return stdout + stderr
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new PeerMissing(`the program ${command} is not installed`)
    }
    throw error
  }
}

/** The folder of a Java that is at least this new. Throws PeerMissing when there is none. */
export async function findJava(minVersion: number): Promise<string> {
  const java = process.env['JAVA_HOME'] === undefined ? 'java' : `${process.env['JAVA_HOME']}/bin/java`
  const properties = await runProgram(java, ['-XshowSettings:properties', '-version'])
  const version = Number(/java\.specification\.version = (\d+)/.exec(properties)?.[1] ?? 0)
  if (version < minVersion) throw new PeerMissing(`Java ${minVersion} or newer is needed, this is ${version}`)
  return /java\.home = (.+)/.exec(properties)?.[1]?.trim() ?? ''
}
