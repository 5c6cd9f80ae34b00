import { defineCommand } from '../command.ts'
import { BROKER_OPTIONS, JSON_OPTION, VAR_OPTIONS } from '../shared-options.ts'

export const run = defineCommand({
  name: 'run',
  summary: 'Runs pipelines: until their input ends, or until it is told to stop.',
  operands: 'FILE… | FOLDER',
  minOperands: 1,
  maxOperands: Infinity,
  details: [
    'Several documents, or all of a folder, share one broker. What was read and delivered is remembered in the data ' +
      'directory: the next run goes on where this one has ended, also after a crash.',
    'A pipeline whose sources have an end (files without `follow`) ends by itself. Otherwise Ctrl-C or SIGTERM lets it ' +
      'finish what is in flight; a second one ends it at once, and loses nothing either.',
  ],
  options: {
    'data-dir': {
      type: 'text',
      value: 'DIR',
      summary: 'Where the data of the bundled broker is. Default: .stoplog beside the document.',
    },
    port: { type: 'text', value: 'PORT', summary: 'Port of the bundled broker. Default: any that is free.' },
    ...BROKER_OPTIONS,
    reread: {
      type: 'text',
      many: true,
      value: 'SOURCE',
      summary: 'Reads all input of a source again; may be repeated.',
    },
    ...VAR_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    { line: 'run examples/security-scan.yaml', says: 'Scanner findings through a policy, and into files.' },
    { line: 'run pipelines/ --port 9092', says: 'All documents of a folder; other Kafka clients reach the topics.' },
    { line: 'run scan.yaml --reread scans', says: 'Also the reports that were read before.' },
  ],
  run: async (args, io) => (await import('../run-pipelines.ts')).runPipelines(args, io),
})
