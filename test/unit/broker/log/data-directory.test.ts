import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { prepareDataDirectory } from '../../../../broker/log/data-directory.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'stoplog-data-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

describe('the data directory', () => {
  test('is made with the folders above it, and may be there already', async () => {
    const folder = join(root, 'a/b/c')
    await Promise.all([prepareDataDirectory(folder), mkdir(join(root, 'a')).catch(() => undefined)])
    await prepareDataDirectory(folder)
    expect(await readFile(join(folder, 'format'), 'utf8')).toBe('stoplog 1\n')
  })

  test.for(['file', 'file/below', 'file/far/below'])('is refused where a file stands: %s', async (path) => {
    await writeFile(join(root, 'file'), 'precious')
    await expect(prepareDataDirectory(join(root, path))).rejects.toMatchObject({
      code: 'E_DATA_DIR',
      message: expect.stringContaining('a file stands in its place') as string,
    })
    expect(await readFile(join(root, 'file'), 'utf8')).toBe('precious')
  })

  test.runIf(process.platform === 'linux')('is refused where no folder can be made', async () => {
    await expect(prepareDataDirectory('/proc/stoplog/data')).rejects.toMatchObject({ code: 'E_DATA_DIR' })
  })

  test('of another version is refused and left as it is', async () => {
    await writeFile(join(root, 'format'), 'stoplog 9\n')
    await expect(prepareDataDirectory(root)).rejects.toMatchObject({ code: 'E_DATA_FORMAT' })
    expect(await readFile(join(root, 'format'), 'utf8')).toBe('stoplog 9\n')
  })
})
