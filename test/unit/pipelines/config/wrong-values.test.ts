import { expect, test } from 'vitest'
import { messages, messagesOfSteps } from '../../../support/wrong-documents.ts'

/* Values from outside that are wrong. */

test('variables that are not there', async () => {
  expect(
    await messagesOfSteps(`- filter: 'value.a == "\${env:NONE}"'
- filter: '\${env:NONE:-value.a}'
- filter: '\${var:nothing} && \${file:none.txt}'`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:30 E_ENV_MISSING streams.found.steps[0].filter
       - filter: 'value.a == "\${env:NONE}"'
                              ^ the environment variable NONE is not set
       fix: set it, or give a default: \${env:NONE:-default}
    p.yaml:10:18 E_VAR_MISSING streams.found.steps[2].filter
       - filter: '\${var:nothing} && \${file:none.txt}'
                  ^ the variable nothing has no value
       fix: add it under \`vars:\`, or give it on the command line: --var nothing=value
    p.yaml:10:36 E_FILE_MISSING streams.found.steps[2].filter
       - filter: '\${var:nothing} && \${file:none.txt}'
                                    ^ the file none.txt cannot be read: there is no such file
       fix: check the path; it is relative to the folder of the document
    "
  `)
})

test('what is no reference', async () => {
  expect(
    await messagesOfSteps(`- filter: 'a \${HOME} b'
- filter: '\${env:A'
- filter: '\${env:A B}'
- filter: '\${file:}'
- filter: '\${{ github.ref }}'
- filter: '$\${fine}'`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:8:20 E_INTERPOLATION streams.found.steps[0].filter
       - filter: 'a \${HOME} b'
                    ^ \`\${HOME}\` begins with none of env:, file: and var:
       fix: write \${env:NAME}, \${env:NAME:-default}, \${file:PATH} or \${var:NAME}; for a plain "\${" write "$\${"
    p.yaml:9:18 E_INTERPOLATION streams.found.steps[1].filter
       - filter: '\${env:A'
                  ^ \`\${\` is never closed
       fix: write \${env:NAME}, \${env:NAME:-default}, \${file:PATH} or \${var:NAME}; for a plain "\${" write "$\${"
    p.yaml:10:18 E_INTERPOLATION streams.found.steps[2].filter
       - filter: '\${env:A B}'
                  ^ \`A B\` is not a name of letters, digits and "_"
       fix: write \${env:NAME}, \${env:NAME:-default}, \${file:PATH} or \${var:NAME}; for a plain "\${" write "$\${"
    p.yaml:11:18 E_INTERPOLATION streams.found.steps[3].filter
       - filter: '\${file:}'
                  ^ \`\${file:}\` names no file
       fix: write \${env:NAME}, \${env:NAME:-default}, \${file:PATH} or \${var:NAME}; for a plain "\${" write "$\${"
    p.yaml:12:18 E_INTERPOLATION streams.found.steps[4].filter
       - filter: '\${{ github.ref }}'
                  ^ \`\${{ github.ref }\` begins with none of env:, file: and var:
       fix: write \${env:NAME}, \${env:NAME:-default}, \${file:PATH} or \${var:NAME}; for a plain "\${" write "$\${"
    "
  `)
})

test('a variable that is misspelt, and one that needs another', async () => {
  expect(
    await messages(`
pipeline: p
vars: { folder: '\${var:root}/a', level: 3 }
sources: { scans: { uses: lines, with: { path: '\${var:foldr}' } } }
sinks: { out: { from: scans, uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:18 E_VAR_MISSING vars.folder
       vars: { folder: '\${var:root}/a', level: 3 }
                        ^ the variable root has no value
       fix: add it under \`vars:\`, or give it on the command line: --var root=value
    p.yaml:3:49 E_VAR_MISSING sources.scans.with.path
       sources: { scans: { uses: lines, with: { path: '\${var:foldr}' } } }
                                                       ^ the variable foldr has no value
       fix: did you mean \${var:folder}?
    "
  `)
})

test('no message: a secret that is not there while nothing runs', async () => {
  expect(
    await messages(`
pipeline: p
sources: { in: { uses: hook, with: { listen: a, token: '\${env:TOKEN}' } } }
sinks: { out: { from: in, uses: box, with: { token: '\${file:token.txt}' } } }
`),
  ).toMatchInlineSnapshot(`
    "
    "
  `)
})

test('a secret that is not there when it is needed', async () => {
  expect(
    await messages(
      `
pipeline: p
sources: { in: { uses: hook, with: { listen: a, token: '\${env:TOKEN}' } } }
sinks: { out: { from: in, uses: box, with: { token: '\${file:token.txt}' } } }
`,
      { requireSecrets: true },
    ),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:57 E_ENV_MISSING sources.in.with.token
       sources: { in: { uses: hook, with: { listen: a, token: '\${env:TOKEN}' } } }
                                                               ^ the environment variable TOKEN is not set
       fix: set it, or give a default: \${env:TOKEN:-default}
    p.yaml:3:54 E_FILE_MISSING sinks.out.with.token
       sinks: { out: { from: in, uses: box, with: { token: '\${file:token.txt}' } } }
                                                            ^ the file token.txt cannot be read: there is no such file
       fix: check the path; it is relative to the folder of the document
    "
  `)
})

test('a secret in the document is not printed', async () => {
  expect(
    await messages(`
pipeline: p
sources: { in: { uses: hook, with: { listen: a, token: hunter2, prt: 1 } } }
sinks: { out: { from: in, uses: box, with: { token: 12345, urll: b } } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:56 warning E_SECRET_LITERAL sources.in.with.token
       sources: { in: { uses: hook, with: { listen: a, token: [secret], prt: 1 } } }
                                                              ^ the secret \`token\` stands in the document
       fix: write '\${env:NAME}' or '\${file:PATH}' and keep the secret elsewhere
    p.yaml:2:65 E_UNKNOWN_KEY sources.in.with.prt
       sources: { in: { uses: hook, with: { listen: a, token: [secret], prt: 1 } } }
                                                                        ^ \`prt\` is not a key that is read here
       fix: did you mean \`port\`?
    p.yaml:3:53 warning E_SECRET_LITERAL sinks.out.with.token
       sinks: { out: { from: in, uses: box, with: { token: [secret], urll: b } } }
                                                           ^ the secret \`token\` stands in the document
       fix: write '\${env:NAME}' or '\${file:PATH}' and keep the secret elsewhere
    p.yaml:3:53 E_TYPE sinks.out.with.token
       sinks: { out: { from: in, uses: box, with: { token: [secret], urll: b } } }
                                                           ^ expected a text, got a number
       fix: put it into quotes
    p.yaml:3:60 E_UNKNOWN_KEY sinks.out.with.urll
       sinks: { out: { from: in, uses: box, with: { token: [secret], urll: b } } }
                                                                     ^ \`urll\` is not a key that is read here
       fix: did you mean \`url\`?
    "
  `)
})

test('a number from outside', async () => {
  expect(
    await messages(
      `
pipeline: p
partitions: '\${env:N}'
sources: { in: { uses: hook, with: { listen: a, token: '\${env:N}', port: '\${env:M}' } } }
sinks: { out: { from: in, uses: box } }
`,
      { env: { N: '8', M: 'http' } },
    ),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:3:74 E_TYPE sources.in.with.port
       sources: { in: { uses: hook, with: { listen: a, token: '\${env:N}', port: '\${env:M}' } } }
                                                                                ^ expected a number, got a text
       fix: write what is expected there
    "
  `)
})

test('a name that is missing is not searched for', async () => {
  expect(
    await messages(`
pipeline: p
sources: { scans: { uses: '\${env:KIND}', with: { path: a } } }
sinks: { out: { from: '\${env:FROM}', uses: box } }
`),
  ).toMatchInlineSnapshot(`
    "
    p.yaml:2:28 E_ENV_MISSING sources.scans.uses
       sources: { scans: { uses: '\${env:KIND}', with: { path: a } } }
                                  ^ the environment variable KIND is not set
       fix: set it, or give a default: \${env:KIND:-default}
    p.yaml:3:24 E_ENV_MISSING sinks.out.from
       sinks: { out: { from: '\${env:FROM}', uses: box } }
                              ^ the environment variable FROM is not set
       fix: set it, or give a default: \${env:FROM:-default}
    "
  `)
})
