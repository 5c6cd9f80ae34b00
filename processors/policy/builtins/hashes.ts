import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { stringOperand, type Builtin, type BuiltinTable } from './builtin.ts'

/** Digests of a text's UTF-8 bytes, in hexadecimal. MD5 and SHA-1 are there for old checksums only. */
export const HASH_BUILTINS: BuiltinTable = {
  'crypto.md5': digest('md5'),
  'crypto.sha1': digest('sha1'),
  'crypto.sha256': digest('sha256'),
  'crypto.hmac.md5': keyedDigest('md5'),
  'crypto.hmac.sha1': keyedDigest('sha1'),
  'crypto.hmac.sha256': keyedDigest('sha256'),
  'crypto.hmac.sha512': keyedDigest('sha512'),
  'crypto.hmac.equal': (args) => {
    const [one, other] = [Buffer.from(stringOperand(args, 1)), Buffer.from(stringOperand(args, 2))]
    return one.length === other.length && timingSafeEqual(one, other)
  },
}

function digest(algorithm: string): Builtin {
  return (args) => createHash(algorithm).update(stringOperand(args, 1)).digest('hex')
}

/** Arguments: text, key. */
function keyedDigest(algorithm: string): Builtin {
  return (args) => createHmac(algorithm, stringOperand(args, 2)).update(stringOperand(args, 1)).digest('hex')
}
