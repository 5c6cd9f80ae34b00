/**
 * Every error that a user can meet, by its stable code. The category decides the exit code; `summary` stands in the
 * README's table; `fix` is what to do when the place that raises the error knows nothing better.
 * A code is never given another meaning, and a retired one is never used again.
 */
export type ErrorCategory = 'config' | 'environment' | 'runtime' | 'bug'

interface ErrorEntry {
  readonly category: ErrorCategory
  readonly summary: string
  readonly fix: string
}

export const ERRORS = {
  // Values with units
  E_DURATION: {
    category: 'config',
    summary: 'a duration is not of the form 30s, 5m, 24h',
    fix: 'write a number and a unit: ms, s, m, h, d, w',
  },
  E_BYTE_SIZE: {
    category: 'config',
    summary: 'a size is not of the form 64KiB, 16MiB',
    fix: 'write a number and a unit: B, KiB, MiB, GiB, TiB',
  },
  // The document as a file and as YAML
  E_DOCUMENT_READ: {
    category: 'config',
    summary: 'a pipeline document cannot be read',
    fix: 'check the path and the rights of the file',
  },
  E_DOCUMENT_LIMIT: {
    category: 'config',
    summary: 'a document is too large, too deep or has too many values',
    fix: 'divide it into several documents; they can run together',
  },
  E_YAML_SYNTAX: {
    category: 'config',
    summary: 'the text is not YAML 1.2',
    fix: 'look at the place above and the line before it',
  },
  E_YAML_QUOTE: {
    category: 'config',
    summary: 'a value without quotes, which YAML reads otherwise than it was meant',
    fix: 'put the value into single quotes',
  },
  E_YAML_DUPLICATE_KEY: { category: 'config', summary: 'a key stands twice in a map', fix: 'remove one of the two' },
  E_YAML_ALIAS: {
    category: 'config',
    summary: 'an alias without an anchor',
    fix: 'define the anchor (&name) before the alias, or quote the text if it is none',
  },
  E_YAML_TAG: {
    category: 'config',
    summary: 'a YAML tag',
    fix: 'remove the tag, or quote the text if it begins with "!"',
  },
  E_YAML_MERGE: {
    category: 'config',
    summary: 'a YAML merge key',
    fix: 'write the entries out, or give the whole value an anchor and use an alias',
  },
  E_YAML_NUMBER: {
    category: 'config',
    summary: 'a number that a double cannot keep exactly',
    fix: 'put it into quotes if it is a text',
  },
  // The shape of the document
  E_UNKNOWN_KEY: { category: 'config', summary: 'a key that nothing reads', fix: 'remove the key' },
  E_REQUIRED: { category: 'config', summary: 'a value is missing', fix: 'add it' },
  E_TYPE: {
    category: 'config',
    summary: 'a value of another type than expected',
    fix: 'write what is expected there',
  },
  E_VALUE: { category: 'config', summary: 'a value that is not allowed', fix: 'write what is expected there' },
  E_NOT_YET: {
    category: 'config',
    summary: 'something that is described but not in this version',
    fix: 'remove it; `pipeline describe` lists what this version can do',
  },
  E_NODE_NAME: {
    category: 'config',
    summary: 'a name that cannot be part of a topic',
    fix: 'use a-z, 0-9 and "-", with a letter first, at most 63 characters',
  },
  E_NODE_DUPLICATE: {
    category: 'config',
    summary: 'two nodes have the same name',
    fix: 'rename one of them: sources, streams and sinks share their names',
  },
  E_STEP_SHAPE: {
    category: 'config',
    summary: 'a step is not of the form "- name: config"',
    fix: 'write each step as an item of its own: "- filter: \'value.x > 1\'"',
  },
  E_UNKNOWN_STEP: {
    category: 'config',
    summary: 'a step that does not exist',
    fix: '`pipeline describe` lists all steps',
  },
  E_UNKNOWN_PLUGIN: {
    category: 'config',
    summary: 'a source or sink that does not exist',
    fix: '`pipeline describe` lists all of them; ./file.js or a package name loads another',
  },
  // Values from outside
  E_INTERPOLATION: {
    category: 'config',
    summary: 'a ${…} that cannot be read',
    fix: 'write ${env:NAME}, ${env:NAME:-default}, ${file:PATH} or ${var:NAME}; for a plain "${" write "$${"',
  },
  E_ENV_MISSING: {
    category: 'config',
    summary: 'an environment variable is not set',
    fix: 'set it, or give a default: ${env:NAME:-default}',
  },
  E_VAR_MISSING: {
    category: 'config',
    summary: 'a variable has no value',
    fix: 'add it under `vars:`, or give it on the command line: --var NAME=value',
  },
  E_FILE_MISSING: {
    category: 'config',
    summary: 'a file named by ${file:…} cannot be read',
    fix: 'check the path; it is relative to the folder of the document',
  },
  E_SECRET_LITERAL: {
    category: 'config',
    summary: 'a secret stands in the document itself',
    fix: "write '${env:NAME}' or '${file:PATH}' and keep the secret elsewhere",
  },
  // Plugins
  E_PLUGIN_NOT_FOUND: {
    category: 'config',
    summary: 'the file or package of a plugin does not exist',
    fix: 'check the path; it is relative to the folder of the document',
  },
  E_PLUGIN_SYNTAX: {
    category: 'config',
    summary: 'the file of a plugin is not JavaScript, or uses TypeScript that cannot be erased',
    fix: 'correct the line; of TypeScript, only what can be erased is read: no enum, namespace or parameter property',
  },
  E_PLUGIN_IMPORT: {
    category: 'config',
    summary: 'a plugin fails while it is loaded',
    fix: 'see the message of the plugin',
  },
  E_PLUGIN_INVALID: {
    category: 'config',
    summary: 'a plugin is not what defineSource, defineSink or defineProcessor make',
    fix: 'export the result of defineSource, defineSink or defineProcessor',
  },
  E_PLUGIN_CHECK: {
    category: 'config',
    summary: 'a step finds something wrong with the files it was given',
    fix: 'see the message',
  },
  // The graph
  E_UNKNOWN_NODE: {
    category: 'config',
    summary: 'a name that is neither a source nor a stream of the document',
    fix: 'check the name; sources and streams can be read from',
  },
  E_FROM_TWICE: { category: 'config', summary: 'a node is named twice', fix: 'name it once' },
  E_CYCLE: {
    category: 'config',
    summary: 'streams that feed each other',
    fix: 'take one of the names out of a `from`',
  },
  E_UNUSED_SOURCE: {
    category: 'config',
    summary: 'a source that nothing reads',
    fix: 'add a stream or a sink that reads it, or remove it',
  },
  E_UNFED: {
    category: 'config',
    summary: 'a stream or sink that nothing feeds',
    fix: 'name at least one source or stream in `from`',
  },
  E_TOPIC_NAME: {
    category: 'config',
    summary: 'a topic name that Kafka or Stoplog keeps for itself',
    fix: 'choose another name',
  },
  E_TOPIC_CLASH: {
    category: 'config',
    summary: 'two nodes write to the same topic',
    fix: 'give one of them another `topic:`',
  },
  E_PIPELINE_CLASH: {
    category: 'config',
    summary: 'two documents of one run have the same pipeline name',
    fix: 'rename one of them: topics and groups begin with the name',
  },
  E_STEP_PLACE: {
    category: 'config',
    summary: 'a step stands where it cannot run',
    fix: '`pipeline describe STEP` says where it may stand',
  },
  E_STEP_ORDER: {
    category: 'config',
    summary: 'a step changes the key before another one that depends on it',
    fix: 'let the `key` step end a stream of its own, and read that stream',
  },
  E_PARTITIONS: {
    category: 'config',
    summary: 'numbers of partitions that do not go together',
    fix: 'give all inputs of the stream the same number of partitions',
  },
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
  // Expressions, templates and paths, at load
  E_EXPRESSION_SYNTAX: {
    category: 'config',
    summary: 'a text is not a CEL expression',
    fix: '`pipeline describe cel` shows the dialect with examples',
  },
  E_EXPRESSION_NAME: {
    category: 'config',
    summary: 'an expression uses a variable or function that does not exist',
    fix: '`pipeline describe cel` lists all variables and functions',
  },
  E_EXPRESSION_TYPE: {
    category: 'config',
    summary: 'an expression combines types that do not go together',
    fix: '`pipeline describe cel` lists what each operator and function takes',
  },
  E_EXPRESSION_LIMIT: {
    category: 'config',
    summary: 'an expression is too long or too deeply nested',
    fix: 'divide the work over several steps',
  },
  E_REGEX: {
    category: 'config',
    summary: 'a regular expression that RE2 does not know',
    fix: 'write it in RE2 syntax, which has no look-around and no back-references: github.com/google/re2/wiki/Syntax',
  },
  E_TEMPLATE: {
    category: 'config',
    summary: 'a text with braces cannot be read as a template',
    fix: "write findings-{time:yyyy.MM}; a brace that is meant as text is doubled: '{{'",
  },
  E_FIELD_PATH: {
    category: 'config',
    summary: 'a text is not the path of a field',
    fix: "write user.name, list[0].id or labels['app.kubernetes.io/name'], starting below the value",
  },
  E_SCHEMA: {
    category: 'config',
    summary: 'a JSON Schema cannot be read or compiled',
    fix: 'name a file with a JSON Schema, draft-07, 2019-09 or 2020-12, that needs no other files',
  },
  // One event that cannot be processed
  E_FIELD_MISSING: {
    category: 'runtime',
    summary: 'an expression reads a field that the event does not have',
    fix: 'write value.?field.orValue(null), or test has(value.field) before',
  },
  E_EXPRESSION_VALUE: {
    category: 'runtime',
    summary: 'an expression cannot be computed for this event',
    fix: 'test the type before, for example type(value.n) == double',
  },
  E_EXPRESSION_COST: {
    category: 'runtime',
    summary: 'an expression needs too much work for one event',
    fix: 'split the event before, or loop over a smaller list',
  },
  E_NAME_UNSAFE: {
    category: 'runtime',
    summary: 'an event would bring `..` or a control character into a name',
    fix: 'replace(…) what must not stand in the name, or leave the field out of it',
  },
  E_NUMBER_UNSAFE: {
    category: 'runtime',
    summary: 'a number that a double cannot carry would be rounded',
    fix: 'keep such numbers as text with the step parse: { format: json, big_numbers: string }',
  },
  E_KEY_NULL: {
    category: 'runtime',
    summary: 'an event has no key where one is needed',
    fix: "give it one with the step key: '<expression>'",
  },
  E_VALUE_JSON: {
    category: 'runtime',
    summary: 'the value of an event is not JSON',
    fix: 'look at the bytes with `pipeline dlq show`; text that is JSON inside is read by the step parse',
  },
  E_VALUE_DEPTH: {
    category: 'runtime',
    summary: 'the value of an event is nested too deeply',
    fix: 'look at the bytes with `pipeline dlq show`; no known tool writes such reports',
  },
  E_VALUE_INVALID: {
    category: 'runtime',
    summary: 'the value of an event does not match its JSON Schema',
    fix: 'compare the named places with the schema; on_invalid: drop leaves such events out',
  },
  E_FIELD_TYPE: {
    category: 'runtime',
    summary: 'a step needs another type of value in a field',
    fix: 'filter such events before, or make the field with a map step',
  },
  E_SPLIT: {
    category: 'runtime',
    summary: 'an event cannot be split',
    fix: "give split: a list without nulls, for example 'value.items.filter(i, i != null)'",
  },
  // Policies, at load
  E_POLICY_BUNDLE: {
    category: 'config',
    summary: 'the bundle of a policy cannot be read',
    fix: 'name a bundle made by `opa build -t wasm -e gate/verdict -o gate.tar.gz gate.rego`',
  },
  E_POLICY_SIZE: {
    category: 'config',
    summary: 'the bundle of a policy is larger than it may be',
    fix: 'keep large data in a table of the pipeline rather than in the bundle',
  },
  E_POLICY_ABI: {
    category: 'config',
    summary: 'the wasm of a policy speaks another version than this program',
    fix: 'build the bundle again with a current OPA: opa build -t wasm -e gate/verdict -o gate.tar.gz gate.rego',
  },
  E_POLICY_ENTRYPOINT: {
    category: 'config',
    summary: 'the bundle of a policy does not have the entrypoint',
    fix: 'name one that the bundle has, or build it with `-e` and this one',
  },
  E_POLICY_BUILTIN: {
    category: 'config',
    summary: 'a policy calls functions that do not exist here',
    fix: 'write the rule without them, or bring the facts in with the event (`set`) or the data of the bundle',
  },
  E_POLICY_COMPILE: {
    category: 'config',
    summary: 'OPA cannot compile the Rego of a policy',
    fix: 'correct the places that OPA names; `opa check` shows them, too',
  },
  E_POLICY_OPA: {
    category: 'environment',
    summary: 'Rego sources need the program `opa`, which is not on the PATH',
    fix: 'install OPA, or name a bundle that was built elsewhere: opa build -t wasm -e gate/verdict -o gate.tar.gz gate.rego',
  },
  // Policies, one event: the decision is an error, and on_policy_error says what follows
  E_POLICY_UNDEFINED: {
    category: 'runtime',
    summary: 'no rule of the policy gave a result for this event',
    fix: 'give the entrypoint a default, for example: default allow := false',
  },
  E_POLICY_EVALUATION: {
    category: 'runtime',
    summary: 'the policy failed on this event',
    fix: 'evaluate the event with `opa eval` to see where; rules that contradict each other are the usual cause',
  },
  E_POLICY_MEMORY: {
    category: 'runtime',
    summary: 'the policy needs more memory for this event than it may have',
    fix: 'project what the policy needs with `input:`, and look for comprehensions within comprehensions',
  },
  E_POLICY_INPUT: {
    category: 'runtime',
    summary: 'the event is too large or too deeply nested for a policy',
    fix: 'project what the policy needs with `input:`',
  },
  E_POLICY_RESULT: {
    category: 'runtime',
    summary: 'the result of the policy is not a verdict',
    fix: 'let the rule give a boolean, a set of reasons to deny, or an object with `allow` and `reasons`',
  },
  // Policies, the node stops: waiting may help, dropping the event would not be right
  E_POLICY_TIMEOUT: {
    category: 'runtime',
    summary: 'the policy does not come to an end for an event',
    fix: 'look for loops over loops in the policy; if it is only slow, raise `timeout:`',
  },
  E_POLICY_WORKER: {
    category: 'runtime',
    summary: 'the worker that evaluates a policy died, twice at the same event',
    fix: 'look at memory limits of the machine; the event is named above',
  },
  // State
  E_STATE_FULL: {
    category: 'runtime',
    summary: 'the state of a step has reached its limit',
    fix: 'raise the limit if there is memory for it, or keep entries for a shorter time',
  },
  E_STATE_FORMAT: {
    category: 'environment',
    summary: 'a changelog topic holds records that the step did not write',
    fix: 'check that no other program writes to the topic; otherwise it was written by a newer version of Stoplog',
  },
  // Files of connectors
  E_FILE_NONE: {
    category: 'environment',
    summary: 'no file matches the `path` of a source',
    fix: 'check the path: it is relative to the folder of the document; `allow_empty: true` if no file is fine, too',
  },
  E_FILE_PATTERN: {
    category: 'config',
    summary: 'a `path` with * ? ** or {a,b} cannot be used',
    fix: 'write a narrower pattern, or several of them as a list',
  },
  E_FILE_FORMAT: {
    category: 'config',
    summary: 'the name of a file does not tell its format',
    fix: 'add `format: json` (one document) or `format: ndjson` (one document per line) to the source',
  },
  E_FILE_READ: {
    category: 'environment',
    summary: 'a file or folder cannot be read',
    fix: 'let the user that runs this read it; what could be read was read, and the rest follows on the next run',
  },
  E_FILE_WRITE: {
    category: 'environment',
    summary: 'a file cannot be written',
    fix: 'check that the folder exists and that the user that runs this may write there',
  },
  E_DISK_FULL: {
    category: 'environment',
    summary: 'no space is left where a file is written',
    fix: 'make room: writing goes on by itself, and nothing is lost until then',
  },
  E_STDOUT_CLOSED: {
    category: 'environment',
    summary: 'whoever read the standard output has gone',
    fix: 'keep the reader of the pipe alive, or write to a file',
  },
  // Input of connectors that cannot be read as events
  E_INPUT_BINARY: {
    category: 'runtime',
    summary: 'input that should be text is binary, or not UTF-8',
    fix: 'leave such files out of `path`; text in another encoding has to be written as UTF-8',
  },
  E_INPUT_JSON: {
    category: 'runtime',
    summary: 'a document is not JSON',
    fix: 'look at the named place; a report that breaks off was still being written or its tool was stopped',
  },
  E_INPUT_TOO_LARGE: {
    category: 'runtime',
    summary: 'a document or line is longer than the limit of its source',
    fix: 'raise `max_document` or `max_line` of the source if there is memory for it, or write smaller pieces',
  },
  E_INPUT_DEPTH: {
    category: 'runtime',
    summary: 'a document is nested too deeply',
    fix: 'leave the file out of `path`; no known tool writes such reports',
  },
  E_ITEMS: {
    category: 'runtime',
    summary: 'the expression `items` of a source does not give a list for a document',
    fix: "name the list inside the document, such as items: 'value.vulnerabilities'",
  },
  E_ASSET_UNKNOWN: {
    category: 'runtime',
    summary: 'a report does not say what was scanned in a way that is the same everywhere',
    fix: 'add `asset:` with a unique name, such as git.example.com/team/app, and run again: the report is then read',
  },
  E_TRIVY_REPORT: {
    category: 'runtime',
    summary: 'a document is not a report of Trivy that is understood',
    fix: 'write reports with `trivy … --format json`, Trivy 0.20 or later',
  },
  E_TRIVY_FINDING: {
    category: 'runtime',
    summary: 'a finding in a report of Trivy has no id',
    fix: 'look at the place in the report; the other findings of the report were read',
  },
  E_SOURCE_POSITION: {
    category: 'runtime',
    summary: 'a stored position of a source is of a shape that the source does not write',
    fix: 'read the source again from its beginning',
  },
  // Other systems
  E_UNREACHABLE: {
    category: 'environment',
    summary: 'another system cannot be reached, or fails',
    fix: 'check that it runs and that its address is right; it is tried again, and nothing is lost until then',
  },
  E_OVERLOADED: {
    category: 'environment',
    summary: 'another system has no room for more now',
    fix: 'nothing to do if it passes: it is tried again, more slowly; otherwise look at its load and its disks',
  },
  E_CREDENTIALS: {
    category: 'environment',
    summary: 'another system does not accept the credentials',
    fix: 'check user, password or key under `auth`, then run again: nothing is lost',
  },
  E_FORBIDDEN: {
    category: 'environment',
    summary: 'another system does not allow what is asked of it',
    fix: 'give the user the right that the message names, or lift the block on the index, then run again: nothing is lost',
  },
  E_REMOTE_API: {
    category: 'environment',
    summary: 'another system does not offer what a connector needs, at least not at this address',
    fix: 'check the address and the version of that system',
  },
  E_REMOTE_ANSWER: {
    category: 'environment',
    summary: 'the answer of another system does not fit what was sent, so nothing counts as delivered',
    fix: 'look for a proxy that answers in its place; it is tried again, and nothing is lost until then',
  },
  E_TLS: {
    category: 'environment',
    summary: 'another system cannot prove that it is the one it should be',
    fix: 'name the certificate of its authority under tls: { ca: ./ca.pem }, or correct the host name in the address',
  },
  E_TLS_FILE: {
    category: 'environment',
    summary: 'a file with certificates or a key cannot be read or used',
    fix: 'check the path and that the file holds PEM; it is relative to the folder of the document',
  },
  E_INDEX: {
    category: 'environment',
    summary: 'an index does not exist or takes no documents as it is set up',
    fix: 'create or open the index, or let the cluster create it (action.auto_create_index), then run again: nothing is lost',
  },
  // Answers of the source `http` to its senders
  E_HTTP_PATH: {
    category: 'runtime',
    summary: '404: a request for another path than the one of the source',
    fix: 'send to the path that is configured under `path`',
  },
  E_HTTP_METHOD: { category: 'runtime', summary: '405: a request other than POST', fix: 'send with POST' },
  E_HTTP_CREDENTIALS: {
    category: 'runtime',
    summary: '401: no credentials in a request; 403: wrong ones',
    fix: 'use the same token or secret on both sides, and the header that is configured under `auth`',
  },
  E_HTTP_ORIGIN: {
    category: 'runtime',
    summary: '403: a web page tried to send to a source without authentication',
    fix: 'nothing, unless web pages are meant to send: then configure `auth`',
  },
  E_HTTP_HEADERS: { category: 'runtime', summary: '431: a request with too many headers', fix: 'send fewer headers' },
  E_HTTP_LENGTH: {
    category: 'runtime',
    summary: '411: a request without a body',
    fix: 'send Content-Length or Transfer-Encoding: chunked',
  },
  E_HTTP_TOO_LARGE: {
    category: 'runtime',
    summary: '413: a body that is too large, or swells beyond the limit when it is decompressed',
    fix: 'send smaller pieces, or raise `max_body` of the source',
  },
  E_HTTP_MEDIA_TYPE: {
    category: 'runtime',
    summary: '415: a body of another type, charset or encoding than is read',
    fix: 'send content-type: application/json or application/x-ndjson, or set `format` where the sender cannot',
  },
  E_HTTP_ENCODING: {
    category: 'runtime',
    summary: '400: a body that is not compressed as its header says',
    fix: 'send the body as content-encoding says, or leave that header out',
  },
  E_HTTP_ID: {
    category: 'runtime',
    summary: '400: the expression `id` gives no text for a request',
    fix: 'name a header that each delivery has, or leave `id` out',
  },
  E_HTTP_RATE: {
    category: 'runtime',
    summary: '429: more requests per second than the source takes',
    fix: 'send again after Retry-After; `max_rate` of the source raises the limit',
  },
  E_HTTP_BUSY: {
    category: 'runtime',
    summary: '503: there is no room now',
    fix: 'send again after Retry-After',
  },
  E_HTTP_FAILED: {
    category: 'runtime',
    summary: '500: the events of a request could not be made durable',
    fix: 'see the log of the pipeline for the reason, and send again',
  },
  // One event that another system will not take
  E_DOCUMENT_REFUSED: {
    category: 'runtime',
    summary: 'a search server refuses a document for good',
    fix: 'compare the value with the mapping of the index; `pipeline dlq replay` sends it again once they fit',
  },
  E_DOCUMENT_TOO_LARGE: {
    category: 'runtime',
    summary: 'a document is larger than the server takes in one request',
    fix: 'raise the limit of the server or proxy (http.max_content_length), or make the event smaller with remove or map',
  },
  E_DOCUMENT_SHAPE: {
    category: 'runtime',
    summary: 'the value of an event is no JSON map, so it is no document',
    fix: 'wrap it in the steps of the sink: map: \'{"value": value}\'',
  },
  E_DOCUMENT_ID: {
    category: 'runtime',
    summary: 'the expression `id` gives no text for an event',
    fix: 'leave `id` out to use the id of the event, or name a field that every event has',
  },
  // Running nodes
  E_EVENT_TOO_LARGE: {
    category: 'runtime',
    summary: 'an event is larger than its topic takes',
    fix: 'make it smaller before (remove, map), or raise max.message.bytes of the topic',
  },
  E_TIME_FUTURE: {
    category: 'runtime',
    summary: 'an event is more than 5 minutes ahead of the clock',
    fix: 'check the clock of the machine that made it; `on_future: drop` ignores such events',
  },
  E_NODE_FAILURES: {
    category: 'runtime',
    summary: 'too many events failed, so the node has stopped and keeps its place',
    fix: 'see the dead letters for the reason; after mending it, run again',
  },
  E_NODE_STOP: {
    category: 'runtime',
    summary: 'an event failed and `on_error: stop` is set, so the node has stopped before it',
    fix: 'mend the cause and run again; `on_error: dead_letter` would put such events aside',
  },
  E_SINK_STOPPED: {
    category: 'environment',
    summary: 'the outside system refuses what the sink sends, not for one event but for all',
    fix: 'mend the cause and run again: the sink keeps its place and nothing is lost',
  },
  E_BACKPRESSURE: {
    category: 'runtime',
    summary: 'there is no room for more events now',
    fix: 'send again after a while; nothing was taken',
  },
  E_START_REQUIRED: {
    category: 'config',
    summary: 'a new sink reads a topic that holds older events, and does not say where to begin',
    fix: 'give the sink `start: earliest`, `start: latest` or a time',
  },
  E_TOPIC_MISMATCH: {
    category: 'environment',
    summary: 'a topic is there already, but not as the document wants it',
    fix: 'give the node the `partitions` that the topic has, or another `topic`',
  },
  E_OFFSET_GONE: {
    category: 'runtime',
    summary: 'records that were not read yet are gone from the topic',
    fix: 'see which they are; `--skip-gone NODE` goes on behind them',
  },
  E_BROKER: {
    category: 'environment',
    summary: 'the broker refuses what it is asked for',
    fix: 'see the reason; the broker must be a Kafka of version 2.1 or later and let us create topics',
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
  // Anything that should not happen
  E_BUG: { category: 'bug', summary: 'a defect in Stoplog itself', fix: 'please report it with the lines above' },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
