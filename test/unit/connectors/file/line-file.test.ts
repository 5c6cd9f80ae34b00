import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LineFile } from '../../../../connectors/file/line-file.ts'
import { toReadError, toWriteError } from '../../../../connectors/file/file-error.ts'
import { connectorContext, temporaryFolder } from '../../../support/connector-context.ts'

const { logger } = connectorContext({ baseDir: '/' })

async function openLineFile(path: string, openFile?: typeof open) {
  const file = new LineFile(path, logger, openFile)
  return { file, state: await file.open(1_000, true) }
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code })
}

/** Handles whose n-th call of a method does half of its work, if it can, and fails. */
function failing(method: 'write' | 'datasync', nth: number, code: string): typeof open {
  let calls = 0
  return async (...parameters) => {
    const handle = await open(...parameters)
    return new Proxy(handle, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property)
        if (typeof value !== 'function') return value
        if (property !== method) return value.bind(target) as unknown
        return async (...given: unknown[]) => {
          calls += 1
          if (calls !== nth) return await (value.apply(target, given) as Promise<unknown>)
          if (method === 'write') await target.write((given[0] as Buffer).subarray(0, 4))
          throw systemError(code)
        }
      },
    }) satisfies FileHandle
  }
}

describe('a file of lines', () => {
  test('is created with its folders', async () => {
    const path = join(temporaryFolder(), 'a/b/c.ndjson')
    const { file, state } = await openLineFile(path)
    expect(state).toEqual({ bytes: 0, lines: 0, bornMs: 1_000 })
    await file.append(Buffer.from('1\n2\n'), 2)
    expect(file.state).toMatchObject({ bytes: 4, lines: 2 })
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe('1\n2\n')
  })

  test('cut at each byte, it comes back with exactly the whole lines, and the torn ones stand beside', async () => {
    const content = '{"a":1}\n{"b":"é"}\n{"c":3}\n'
    for (let length = 0; length <= content.length + 1; length += 1) {
      const path = join(temporaryFolder(), 'a.ndjson')
      const bytes = Buffer.from(content).subarray(0, length)
      writeFileSync(path, bytes)
      const { file, state } = await openLineFile(path)
      await file.append(Buffer.from('{"d":4}\n'), 1)
      await file.close()
      const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1)
      expect(readFileSync(path)).toEqual(Buffer.concat([whole, Buffer.from('{"d":4}\n')]))
      expect(state).toMatchObject({ bytes: whole.length, lines: whole.toString().split('\n').length - 1 })
      const torn = bytes.subarray(whole.length)
      expect(existsSync(`${path}.cut`)).toBe(torn.length > 0)
      if (torn.length > 0) expect(readFileSync(`${path}.cut`)).toEqual(Buffer.concat([torn, Buffer.from('\n')]))
    }
  })

  test('counts lines over many chunks', async () => {
    const path = join(temporaryFolder(), 'a.ndjson')
    writeFileSync(path, `${'x'.repeat(1_000)}\n`.repeat(3_000) + 'y'.repeat(2_500_000))
    const { file, state } = await openLineFile(path)
    expect(state).toMatchObject({ bytes: 3_003_000, lines: 3_000 })
    await file.close()
  })

  test.for([
    ['write', 1, 'ENOSPC', { code: 'E_DISK_FULL', retryable: true }],
    ['write', 2, 'EIO', { code: 'E_FILE_WRITE', retryable: false }],
    ['datasync', 2, 'EIO', { code: 'E_FILE_WRITE', retryable: false }],
    ['write', 2, 'EDQUOT', { code: 'E_DISK_FULL', retryable: true }],
  ] as const)('%s number %i fails with %s: nothing of that batch stays', async ([method, nth, code, error]) => {
    const path = join(temporaryFolder(), 'a.ndjson')
    const { file } = await openLineFile(path, failing(method, nth, code))
    let confirmed = ''
    for (const batch of ['{"a":1}\n', '{"b":2}\n', '{"c":3}\n']) {
      const appended = file.append(Buffer.from(batch), 1)
      await appended.then(
        () => {
          confirmed += batch
        },
        async (thrown: unknown) => {
          expect(thrown).toMatchObject({ ...error, where: path })
          expect(readFileSync(path, 'utf8')).toBe(confirmed)
          expect(file.isOpen).toBe(false)
          await file.open(1_000, true)
        },
      )
    }
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe(confirmed)
    expect(confirmed.split('\n')).toHaveLength(3)
  })

  test('notices that it was moved, deleted, emptied or written to by others', async () => {
    const path = join(temporaryFolder(), 'a.ndjson')
    const { file } = await openLineFile(path)
    await file.append(Buffer.from('1\n'), 1)
    expect(await file.isInPlace()).toBe(true)
    renameSync(path, `${path}.old`)
    expect(await file.isInPlace()).toBe(false)
    writeFileSync(path, '')
    expect(await file.isInPlace()).toBe(false)
    rmSync(path)
    renameSync(`${path}.old`, path)
    expect(await file.isInPlace()).toBe(true)
    truncateSync(path, 0)
    expect(await file.isInPlace()).toBe(false)
    await file.close()
  })

  test('a path that cannot be written says why', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'dir'))
    writeFileSync(join(folder, 'file'), '')
    await expect(openLineFile(join(folder, 'dir'))).rejects.toMatchObject({
      code: 'E_FILE_WRITE',
      message: `${join(folder, 'dir')} cannot be written: it is a folder`,
    })
    await expect(openLineFile(join(folder, 'file/a.ndjson'))).rejects.toMatchObject({
      message: expect.stringContaining('a part of its path is not a folder'),
    })
    await expect(openLineFile('/dev/null')).rejects.toMatchObject({ message: '/dev/null is not a regular file' })
  })

  test('a large file without a single line is left alone', async () => {
    const path = join(temporaryFolder(), 'disk.img')
    writeFileSync(path, '')
    truncateSync(path, 70_000_000)
    await expect(openLineFile(path)).rejects.toMatchObject({ code: 'E_FILE_WRITE', fix: 'choose another `path`' })
    expect(readFileSync(path)).toHaveLength(70_000_000)
  })
})

test.for([
  ['EACCES', 'a.json cannot be read: permission denied', false],
  ['EMFILE', 'a.json cannot be read: this process has too many files open', true],
  ['EWEIRD', 'a.json cannot be read: EWEIRD: simulated', false],
] as const)('%s while reading is said in words', ([code, message, retryable]) => {
  expect(toReadError(systemError(code), 'a.json')).toMatchObject({ code: 'E_FILE_READ', message, retryable })
})

test('an error that is known already stays what it is', () => {
  const known = toReadError(systemError('EACCES'), 'a')
  expect(toWriteError(known, 'b')).toBe(known)
})
