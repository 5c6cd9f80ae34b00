// What every connector has to keep, run over these two: node --test examples/custom-connector
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createTestContext, sinkContract, sourceContract } from 'stoplog/testing'
import { csvSource } from './csv-source.js'
import { folderSink } from './folder-sink.js'

/** Each case gets a folder of its own, with more lines than one batch holds. */
async function withLines() {
  const baseDir = await mkdtemp(join(tmpdir(), 'csv-source-'))
  const lines = Array.from({ length: 250 }, (_, n) => `ADV-${n},package-${n},${n % 11}`)
  await writeFile(join(baseDir, 'lines.csv'), `id,package,score\n${lines.join('\n')}\n`)
  return { config: { path: 'lines.csv' }, context: createTestContext({ baseDir }) }
}

/** The suite asks what the outside system holds in the end. */
async function withFolder() {
  const baseDir = await mkdtemp(join(tmpdir(), 'folder-sink-'))
  const read = async () => {
    const names = await readdir(join(baseDir, 'out'))
    return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(baseDir, 'out', name), 'utf8'))))
  }
  return { config: { path: 'out' }, context: createTestContext({ baseDir }), read, ordered: false }
}

for (const { name, run } of sourceContract(csvSource, withLines)) test(`csv source: ${name}`, run)
for (const { name, run } of sinkContract(folderSink, withFolder)) test(`folder sink: ${name}`, run)
