/** Options that several commands take, each written once. */
export const JSON_OPTION = {
  json: { type: 'flag', summary: 'Prints { command, ok, summary, result, errors } as JSON, and nothing else.' },
} as const

export const VAR_OPTIONS = {
  var: { type: 'text', many: true, value: 'NAME=VALUE', summary: 'Value for ${var:NAME}; may be repeated.' },
  vars: { type: 'text', many: true, value: 'FILE', summary: 'YAML or JSON file with values for ${var:…}.' },
} as const

/** How the bundled broker is started. */
export const BROKER_OPTIONS = {
  durability: {
    type: 'text',
    value: 'commit | interval',
    summary: 'commit (default): what is acknowledged is on the disk. interval: it will be within a second.',
  },
  property: {
    type: 'text',
    many: true,
    value: 'NAME=VALUE',
    summary: "A property of the bundled broker, as in Kafka's server.properties; may be repeated.",
  },
} as const

/** How commands that look into topics find them. */
export const TOPIC_OPTIONS = {
  file: {
    type: 'text',
    short: 'f',
    value: 'FILE',
    summary: 'The document whose topics are meant: its broker or data directory is used.',
  },
  'data-dir': {
    type: 'text',
    value: 'DIR',
    summary: 'The data directory. Default: .stoplog beside the document, or here.',
  },
  ...VAR_OPTIONS,
} as const
