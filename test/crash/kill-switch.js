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
  const { write } = net.Socket.prototype
  const waiting = new WeakMap()
  net.Socket.prototype.write = function (chunk, ...rest) {
    // A frame is written as its size, its head and its records; all of it while the socket is corked.
    if (this.writableCorked > 0 && Buffer.isBuffer(chunk)) {
      const parts = waiting.get(this) ?? []
      if (parts.length === 0 && chunk.length === 4) waiting.set(this, [chunk])
      else if (parts.length === 1) {
        waiting.delete(this)
        const found = phaseOf(chunk.readInt16BE(0), chunk)
        if (found === phase) meet(`request ${chunk.readInt16BE(0)}`)
      }
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
