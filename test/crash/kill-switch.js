/*
 * Loaded before the program (`node --import`), on every thread: ends the process with SIGKILL at a chosen moment, and
 * says on the standard error that it was there. The moments are what the process asks of the operating system, so the
 * program itself knows nothing of this.
 *
 * STOPLOG_KILL = { phase, nth, delayMs }: at the nth time that the phase is met, delayMs later; -1 is just before.
 */
import fs from 'node:fs'
import fsPromises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { isMainThread, parentPort } from 'node:worker_threads'

const { phase, nth, delayMs, topics } = JSON.parse(process.env['STOPLOG_KILL'] ?? '{}')
const PRODUCE = 0
const OFFSET_COMMIT = 8

/** Of a frame: its size, and with it the key of its request. */
const SIZE_BYTES = 4
const HEAD_BYTES = SIZE_BYTES + 2

let met = 0

function meet(what) {
  met += 1
  if (met !== nth) return
  const end = () => {
    fs.writeSync(2, `killed: ${phase} ${nth} ${delayMs} ms, ${what}\n`)
    process.kill(process.pid, 'SIGKILL')
  }
  if (delayMs < 0) end()
  else if (delayMs === 0) setImmediate(end)
  else setTimeout(end, delayMs)
}

/** Which phase a request is, by its key and the topics that it names. */
function phaseOf(apiKey, bytes) {
  if (apiKey === OFFSET_COMMIT) return 'commit'
  if (apiKey !== PRODUCE) return null
  for (const [name, its] of Object.entries(topics)) if (bytes.includes(name)) return its
  return null
}

function watchRequests() {
  const { cork, write } = net.Socket.prototype
  const begins = new WeakSet()
  net.Socket.prototype.cork = function () {
    begins.add(this)
    return cork.call(this)
  }
  net.Socket.prototype.write = function (chunk, ...rest) {
    // A frame is written while the socket is corked. Its first chunk begins with its size and holds its head.
    if (this.writableCorked > 0 && begins.delete(this) && Buffer.isBuffer(chunk) && chunk.length >= HEAD_BYTES) {
      const apiKey = chunk.readInt16BE(SIZE_BYTES)
      if (phaseOf(apiKey, chunk) === phase) meet(`request ${apiKey}`)
    }
    return write.call(this, chunk, ...rest)
  }
}

/** What the broker asks of its disk, before it is ready and after. */
function watchDisk() {
  let isReady = false
  const { postMessage } = parentPort
  parentPort.postMessage = function (message, ...rest) {
    if (message?.type === 'listening') isReady = true
    return postMessage.call(this, message, ...rest)
  }
  const watch = (name, path) => {
    if (phase === 'recovery' && !isReady) meet(`${name} ${path}`)
    const isRoll = (name === 'open' && /\.(log|journal)$/.test(path) && !fs.existsSync(path)) || name === 'rename'
    if (phase === 'segment roll' && isReady && isRoll) meet(`${name} ${path}`)
  }
  for (const name of ['open', 'rename', 'rm', 'readdir', 'readFile', 'mkdir']) {
    const original = fsPromises[name]
    fsPromises[name] = function (path, ...rest) {
      if (String(path).includes('.stoplog')) watch(name, String(path))
      return original.call(this, path, ...rest)
    }
  }
  syncBuiltinESMExports()
}

if (phase !== undefined) {
  if (isMainThread) watchRequests()
  else if (parentPort !== null) watchDisk()
}
