import type { ErrorEntry } from './error-entry.ts'

/** What is wrong with a document before anything runs. */
export const DOCUMENT_ERRORS = {
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
} as const satisfies Record<string, ErrorEntry>
