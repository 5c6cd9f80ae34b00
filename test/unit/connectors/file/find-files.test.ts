import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findFiles, searchFolders } from '../../../../connectors/file/find-files.ts'
import { temporaryFolder } from '../../../support/connector-context.ts'

function folderWith(...paths: readonly string[]): string {
  const folder = temporaryFolder()
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), '')
  }
  return folder
}

async function find(folder: string, ...paths: readonly string[]) {
  const { files, problems, unmatched } = await findFiles(paths, folder)
  return { files: files.map(({ path }) => path), problems: problems.map(({ message }) => message), unmatched }
}

describe('findFiles', () => {
  test.for([
    ['*.json', ['B.json', 'a.json']],
    ['./reports/*.json', ['reports/x.json', 'reports/ö.json']],
    ['**/*.json', ['B.json', 'a.json', 'deep/er/y.json', 'deep/x.json', 'reports/x.json', 'reports/ö.json']],
    ['**', ['B.json', 'a.json', 'deep/er/y.json', 'deep/x.json', 'reports/x.json', 'reports/z.txt', 'reports/ö.json']],
    ['deep/**/*.json', ['deep/er/y.json', 'deep/x.json']],
    ['{reports,deep}/x.json', ['deep/x.json', 'reports/x.json']],
    ['*/x.json', ['deep/x.json', 'reports/x.json']],
    ['reports/../a.json', ['a.json']],
    ['.hidden/*.json', ['.hidden/h.json']],
    ['.*/h.json', ['.hidden/h.json']],
    ['A.json', []],
    ['reports', []],
  ] as const)('%s', async ([pattern, files]) => {
    const folder = folderWith(
      'a.json',
      'B.json',
      'reports/x.json',
      'reports/ö.json',
      'reports/z.txt',
      'deep/x.json',
      'deep/er/y.json',
      '.hidden/h.json',
    )
    expect((await find(folder, pattern)).files).toEqual(files)
  })

  test('a file that several paths match is there once, and paths that match nothing are named', async () => {
    const folder = folderWith('a.json', 'b.json')
    expect(await find(folder, '*.json', 'a.json', 'c.json', '*.xml')).toEqual({
      files: ['a.json', 'b.json'],
      problems: [],
      unmatched: ['c.json', '*.xml'],
    })
  })

  test('a folder in place of a file is a problem that says what to write', async () => {
    const { problems } = await findFiles(['reports'], folderWith('reports/a.json'))
    expect(problems[0]).toMatchObject({
      code: 'E_FILE_READ',
      message: 'reports is a folder',
      fix: 'write reports/*.json',
    })
  })

  test('files outside of the folder keep a path that leads to them', async () => {
    const folder = folderWith('data/a.json', 'docs/pipeline.yaml')
    expect((await find(join(folder, 'docs'), '../data/*.json')).files).toEqual(['../data/a.json'])
    expect((await find(join(folder, 'docs'), join(folder, 'data/*.json'))).files).toEqual(['../data/a.json'])
  })

  test('links to files are files, links to folders lead nowhere in **', async () => {
    const folder = folderWith('real/a.json')
    symlinkSync(join(folder, 'real'), join(folder, 'real/loop'))
    symlinkSync(join(folder, 'real/a.json'), join(folder, 'link.json'))
    symlinkSync(join(folder, 'gone'), join(folder, 'broken.json'))
    expect((await find(folder, '**/*.json')).files).toEqual(['link.json', 'real/a.json'])
    expect((await find(folder, 'real/loop/a.json')).files).toEqual(['real/loop/a.json'])
  })

  test('a folder that is not there matches nothing', async () => {
    const folder = folderWith('a.json')
    rmSync(join(folder, 'a.json'))
    expect(await find(folder, 'nowhere/**/*.json')).toEqual({
      files: [],
      problems: [],
      unmatched: ['nowhere/**/*.json'],
    })
  })
})

test('a search begins at the folder before the first wildcard', () => {
  expect(searchFolders(['./reports/*.json', 'a.json', '**/x', '/var/log/*/y', '{a,b}/*'], '/home')).toEqual([
    '/home/reports',
    '/home',
    '/var/log',
    '/home/a',
    '/home/b',
  ])
})
