import { JOURNAL_FOLDER } from './journal.ts'
import { decodeEntry, ENTRY_HEADER_BYTES, type JournalEntry } from './journal-entry.ts'
import { BLOCK_BYTES, type Storage } from './storage.ts'

/** An entry that had been acknowledged and cannot be read any more. */
export interface JournalDamage {
  readonly file: string
  readonly position: number
  readonly sequence: number
}

export interface JournalScan {
  readonly nextSequence: number
  /** Files all of whose entries are safe elsewhere, by name. */
  readonly spares: readonly string[]
  /** Files that were replayed; to be removed once their entries are safe elsewhere. */
  readonly replayed: readonly string[]
  readonly damage: readonly JournalDamage[]
}

interface NamedFile {
  readonly name: string
  readonly firstSequence: number
}

/**
 * Hands every entry from `replayFrom` on to `visit`, in order. What follows the last whole entry of the newest file is
 * the torn end of a write that was promised to nobody, unless a later entry proves that it had been acknowledged: that
 * is damage, and is reported, and the entries behind it are visited all the same.
 */
export async function readJournal(
  storage: Storage,
  replayFrom: number,
  visit: (entry: JournalEntry) => void,
): Promise<JournalScan> {
  const names = (await storage.list(JOURNAL_FOLDER)).map(({ name }) => name)
  const spares = names.filter((name) => name.startsWith('spare-'))
  const files = names
    .filter((name) => /^\d{20}\.journal$/.test(name))
    .map((name): NamedFile => ({ name, firstSequence: Number(name.slice(0, 20)) }))
    .sort((a, b) => a.firstSequence - b.firstSequence)
  const damage: JournalDamage[] = []
  const replayed: string[] = []
  let expected = replayFrom
  for (const [index, file] of files.entries()) {
    const nextFirst = files[index + 1]?.firstSequence
    if (nextFirst !== undefined && nextFirst <= replayFrom) {
      spares.push(file.name)
      continue
    }
    const content = (await storage.readFile(`${JOURNAL_FOLDER}/${file.name}`)) ?? Buffer.alloc(0)
    if (file.firstSequence > expected) damage.push({ file: file.name, position: 0, sequence: expected })
    const next = readFile(content, file, damage, (entry) => {
      if (entry.sequence >= replayFrom) visit(entry)
    })
    // Also where nothing was found: behind a torn beginning may lie entries that were promised to nobody, and whose
    // sequences are given again.
    replayed.push(file.name)
    expected = Math.max(expected, next)
  }
  return { nextSequence: expected, spares, replayed, damage }
}

/** Visits the entries of one file; returns the sequence that would come next. */
function readFile(
  content: Buffer,
  file: NamedFile,
  damage: JournalDamage[],
  visit: (entry: JournalEntry) => void,
): number {
  let position = 0
  let expected = file.firstSequence
  for (;;) {
    const next = entryAt(content, position, expected) ?? entryAt(content, nextBlock(position), expected)
    if (next !== null) {
      visit(next.entry)
      position = next.position + ENTRY_HEADER_BYTES + next.entry.payload.length
      expected += 1
      continue
    }
    const later = findProof(content, position, expected)
    if (later === null) return expected
    damage.push({ file: file.name, position, sequence: expected })
    position = later.position
    expected = later.entry.sequence
  }
}

interface FoundEntry {
  readonly position: number
  readonly entry: JournalEntry
}

function entryAt(content: Buffer, position: number, sequence: number): FoundEntry | null {
  const entry = decodeEntry(content, position)
  return entry?.sequence === sequence ? { position, entry } : null
}

/** Where the group behind this one begins. */
function nextBlock(position: number): number {
  return Math.ceil(position / BLOCK_BYTES) * BLOCK_BYTES
}

/** The next entry behind `from` which says that the entry `sequence` was durable, or null. */
function findProof(content: Buffer, from: number, sequence: number): FoundEntry | null {
  const last = content.length - ENTRY_HEADER_BYTES
  for (let position = from + 1; position <= last; position += 1) {
    // The high half of any sequence of a real journal is small: this passes over nearly everything at once.
    if (content.readUInt16BE(position + 16) !== 0 || content[position + 9] !== 0) continue
    const entry = decodeEntry(content, position)
    if (entry !== null && entry.sequence > sequence && entry.durableBelow > sequence) return { position, entry }
  }
  return null
}
