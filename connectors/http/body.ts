import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import type { IntakeSlot } from './intake.ts'
import { Refusal, tooLarge } from './refusal.ts'

const CODINGS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
} as const

export type ContentCoding = keyof typeof CODINGS | 'identity'

/** Throws a Refusal with 415 for a coding that is not read. */
export function contentCodingOf(header: string | undefined): ContentCoding {
  const coding = (header ?? 'identity').trim().toLowerCase()
  if (coding === 'identity' || isKnown(coding)) return coding
  throw new Refusal(415, 'E_HTTP_MEDIA_TYPE', 'the content encoding is none of gzip, deflate, identity', {
    'accept-encoding': 'gzip, deflate, identity',
  })
}

/** Throws a Refusal with 411 or 413 for a body that need not be read to be refused. */
export function checkDeclaredLength({ headers }: IncomingMessage, maxBytes: number): void {
  const length = headers['content-length']
  if (length === undefined && headers['transfer-encoding'] === undefined) {
    throw new Refusal(411, 'E_HTTP_LENGTH', 'the request has no body: neither Content-Length nor Transfer-Encoding')
  }
  if (length !== undefined && Number(length) > maxBytes) throw tooLarge(maxBytes)
}

/** The body as it comes over the wire. Throws a Refusal with 413 or 503 as soon as it is too much. */
export async function readBody(request: IncomingMessage, maxBytes: number, slot: IntakeSlot): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  // Not `for await`, which would destroy the request, and with it the answer, when it is left early.
  await new Promise<void>((resolve, reject) => {
    const stop = (error: Error): void => {
      request.off('data', take)
      request.pause()
      reject(error)
    }
    const take = (chunk: Buffer): void => {
      bytes += chunk.length
      try {
        if (bytes > maxBytes) throw tooLarge(maxBytes)
        slot.hold(chunk.length)
        chunks.push(chunk)
      } catch (error) {
        stop(error instanceof Error ? error : new Error(String(error)))
      }
    }
    request.on('data', take)
    request.once('end', resolve)
    request.once('error', reject)
    request.once('close', () => reject(new Error('the sender has gone')))
  })
  return Buffer.concat(chunks, bytes)
}

/** The body without its coding. Throws a Refusal with 413 for one that swells beyond the limit, 400 for a broken one. */
export async function decodeBody(
  body: Buffer,
  coding: ContentCoding,
  maxBytes: number,
  slot: IntakeSlot,
): Promise<Buffer> {
  if (coding === 'identity') return body
  slot.hold(maxBytes)
  try {
    return await CODINGS[coding](body, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes)
    throw new Refusal(400, 'E_HTTP_ENCODING', `the body is not ${coding} as the header says`)
  }
}

function isKnown(coding: string): coding is keyof typeof CODINGS {
  return Object.hasOwn(CODINGS, coding)
}
