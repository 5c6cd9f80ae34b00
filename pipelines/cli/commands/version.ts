import { defineCommand } from '../command.ts'
import { done } from '../outcome.ts'
import { packageVersion } from '../package-version.ts'
import { JSON_OPTION } from '../shared-options.ts'

export const version = defineCommand({
  name: 'version',
  summary: 'Prints the version of this program and of Node.',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  details: [],
  options: JSON_OPTION,
  examples: [],
  async run() {
    const stoplog = packageVersion()
    const node = process.version.slice(1)
    const { platform, arch } = process
    const summary = `stoplog ${stoplog}, Node ${node}, ${platform} ${arch}`
    return done({ summary, result: { stoplog, node, platform, arch }, text: `${summary}\n` })
  },
})
