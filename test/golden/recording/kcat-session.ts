import { run } from '../../support/real-kafka.ts'
import { MESSAGES } from './messages.ts'

/** Produces with each codec, reads it back alone and in a group, and asks for offsets and metadata. */
export async function kcatSession(bootstrap: string): Promise<void> {
  const topic = 'kcat-topic'
  const kcat = (...args: readonly string[]): Promise<string> => run('kcat', ['-b', bootstrap, ...args])
  const input = MESSAGES.map(({ key, value }) => `${key}\t${value}\n`).join('')
  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    const options = ['-X', 'enable.idempotence=true', '-X', 'linger.ms=100', '-X', `compression.codec=${codec}`]
    await run('kcat', ['-b', bootstrap, '-P', '-t', topic, '-p', '0', '-K', '\t', '-H', 'source=trivy', ...options], {
      input,
    })
  }
  await kcat('-L')
  await kcat('-L', '-t', topic)
  await kcat('-Q', '-t', `${topic}:0:-1`)
  await kcat('-Q', '-t', `${topic}:0:1`)
  await kcat('-C', '-t', topic, '-p', '0', '-o', 'beginning', '-e', '-q')
  const group = ['-X', 'auto.offset.reset=earliest', '-X', 'session.timeout.ms=6000', '-X', 'heartbeat.interval.ms=300']
  await run('kcat', ['-b', bootstrap, ...group, '-X', 'auto.commit.interval.ms=500', '-G', 'kcat-group', topic, '-q'], {
    stopAfterMs: 6000,
  })
}
