import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** The length in front of texts, bytes and arrays. Negative stands for null. */
interface LengthCodec {
  readonly minBytes: number
  read(reader: Reader): number
  write(writer: Writer, length: number): void
}

/** Of texts. */
export const int16Length: LengthCodec = {
  minBytes: 2,
  read: (reader) => reader.int16(),
  write: (writer, length) => writer.int16(length),
}

/** Of bytes and arrays. */
export const int32Length: LengthCodec = {
  minBytes: 4,
  read: (reader) => reader.int32(),
  write: (writer, length) => writer.int32(length),
}

/** Of everything in flexible versions: the length and one, so that 0 is null (KIP-482). */
export const compactLength: LengthCodec = {
  minBytes: 1,
  read: (reader) => reader.unsignedVarint() - 1,
  write: (writer, length) => writer.unsignedVarint(length + 1),
}
