import { describe, expect, test } from 'vitest'
import { readTar } from '../../../../processors/policy/tar-archive.ts'
import { tarHeader, writeTar } from './tar.ts'

function contents(archive: Uint8Array): Record<string, string> {
  return Object.fromEntries([...readTar(archive)].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]))
}

test('files by their paths, however they are written', () => {
  const archive = writeTar([
    ['/policy.wasm', 'w'],
    ['./data.json', '{}'],
    ['a/b/data.json', 'x'.repeat(513)],
    ['empty', ''],
  ])
  expect(contents(archive)).toEqual({
    'policy.wasm': 'w',
    'data.json': '{}',
    'a/b/data.json': 'x'.repeat(513),
    empty: '',
  })
})

test('long names of GNU and pax', () => {
  const long = `${'folder/'.repeat(30)}data.json`
  const archive = writeTar([
    ['././@LongLink', `${long}\0`, 'L'],
    ['cut', 'gnu'],
    ['PaxHeader', `${12 + long.length} path=x${long}\n`, 'x'],
    ['cut', 'pax'],
    ['short', 'none'],
  ])
  expect(contents(archive)).toEqual({ [long]: 'gnu', [`x${long}`]: 'pax', short: 'none' })
})

test('folders and links are passed over', () => {
  const archive = writeTar([
    ['folder/', '', '5'],
    ['link', '', '2'],
    ['file', 'x'],
  ])
  expect(contents(archive)).toEqual({ file: 'x' })
})

test('an archive without its last blocks', () => {
  expect(contents(writeTar([['file', 'x']]).subarray(0, 1024))).toEqual({ file: 'x' })
})

describe('what is no archive', () => {
  test.for<readonly [name: string, bytes: Buffer]>([
    ['text', Buffer.from('hello'.repeat(200))],
    ['a wrong checksum', Buffer.concat([tarHeader('file', 1, '0').fill('9', 148, 154), Buffer.alloc(512)])],
    ['a size that is no number', Buffer.from(writeTar([['file', 'x']]).fill('z', 124, 135))],
    ['a file that is cut off', writeTar([['file', 'x'.repeat(5_000)]]).subarray(0, 2_048)],
    ['a size beyond the archive', Buffer.concat([tarHeader('file', 1e9, '0'), Buffer.alloc(512)])],
    ['too many files', writeTar(Array.from({ length: 10_001 }, (_, index) => [`f${index}`, ''] as const))],
  ])('%s', ([, bytes]) => {
    expect(() => readTar(bytes)).toThrow(expect.objectContaining({ code: 'E_POLICY_BUNDLE' }) as Error)
  })

  test('nothing', () => {
    expect(readTar(Buffer.alloc(0)).size).toBe(0)
  })
})
