import { serverPropertyNames } from '../../../broker/server-properties.ts'
import { defineCommand } from '../command.ts'
import { BROKER_OPTIONS } from '../shared-options.ts'

export const broker = defineCommand({
  name: 'broker',
  summary: 'Runs the bundled broker alone, for any Kafka client, until it is told to stop.',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  details: [
    'It keeps one copy of the data, on one disk. Documents reach it with `broker: { bootstrap_servers: [ADDRESS] }`.',
    'There is neither encryption nor a password in this version: it listens on this machine only, unless --insecure ' +
      'says that the network is safe.',
    `Properties: ${serverPropertyNames().join(', ')}.`,
  ],
  options: {
    'data-dir': { type: 'text', value: 'DIR', summary: 'Where its data is. Default: .stoplog here.' },
    port: { type: 'text', value: 'PORT', summary: 'Default: 9092; 0 takes any that is free.' },
    host: { type: 'text', value: 'ADDRESS', summary: 'Address to listen on. Default: 127.0.0.1.' },
    'advertised-host': {
      type: 'text',
      value: 'NAME',
      summary: 'What clients are told to connect to, where that is another name.',
    },
    ...BROKER_OPTIONS,
    insecure: { type: 'flag', summary: 'Lets other machines connect, without encryption or password.' },
  },
  examples: [{ line: 'broker --data-dir /var/lib/stoplog', says: 'For clients on this machine, at 127.0.0.1:9092.' }],
  run: async (args, io) => (await import('../serve-broker.ts')).serveBroker(args, io),
})
