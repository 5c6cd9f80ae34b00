import type { ErrorEntry } from './error-entry.ts'

/** What the machine or the one who called cannot give. */
export const ENVIRONMENT_ERRORS = {
  // Ports and disks
  E_PORT_IN_USE: {
    category: 'environment',
    summary: 'another program listens on the port',
    fix: 'stop that program, or choose another port (0 takes any free one)',
  },
  E_LISTEN: {
    category: 'environment',
    summary: 'the address cannot be listened on',
    fix: 'check that the address belongs to this machine and that the port may be used',
  },
  E_PROPERTY: {
    category: 'config',
    summary: 'a property of the broker is unknown or has no valid value',
    fix: 'see `pipeline broker --help` for the properties; the names are those of Kafka',
  },
  // Data directory
  E_DATA_DIR: {
    category: 'environment',
    summary: 'the data directory cannot be made or written to',
    fix: 'give it to the user that runs this, or choose another one with --data-dir',
  },
  E_DATA_DIR_IN_USE: {
    category: 'environment',
    summary: 'another process works on the data directory',
    fix: 'stop that process, or choose another data directory with --data-dir',
  },
  E_DATA_FORMAT: {
    category: 'environment',
    summary: 'the data directory was written by another version',
    fix: 'use that version, or choose another data directory with --data-dir',
  },
  E_DISK: {
    category: 'environment',
    summary: 'the disk failed while data was being written or synced',
    fix: 'check the disk and its free space, then start again: nothing that was acknowledged is lost',
  },
  E_DATA_DAMAGED: {
    category: 'environment',
    summary: 'the data directory holds acknowledged data that cannot be read any more',
    fix: 'restore the directory from a copy, or move it away to begin with an empty one; nothing in it was changed',
  },
  // The command line
  E_USAGE: {
    category: 'config',
    summary: 'a command line that cannot be understood',
    fix: '`help` lists all commands, `help COMMAND` the options of one',
  },
  E_TOPIC_UNKNOWN: {
    category: 'config',
    summary: 'a name that is no topic, or that of several',
    fix: '`topics --all` lists all topics with their full names',
  },
  E_DATA_NONE: {
    category: 'environment',
    summary: 'there is no data directory where one was looked for',
    fix: 'name the document with -f, or the data directory with --data-dir',
  },
  E_BROKER_UNREACHABLE: {
    category: 'environment',
    summary: 'no broker answers at the addresses that a document names',
    fix: 'check that the broker runs and that `bootstrap_servers` names its address; nothing was started',
  },
  E_INSECURE: {
    category: 'config',
    summary: 'a broker without encryption and passwords is to listen where other machines reach it',
    fix: 'leave --host out to listen on this machine only, or add --insecure if the network itself is safe',
  },
} as const satisfies Record<string, ErrorEntry>
