import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../support/source-files.ts'
import { BUILT } from './killed-process.ts'

/** One place of the built program, and what is to stand there instead. */
export interface Breakage {
  readonly file: string
  readonly text: string
  readonly instead: string
}

/** A copy of the built program that breaks a promise, to see that a test notices. */
export class BrokenProgram {
  readonly built: string
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
    this.built = join(folder, 'dist')
  }

  /** Throws when a text does not stand in its file exactly once: then the program is no longer what was broken. */
  static async make(breakages: readonly Breakage[]): Promise<BrokenProgram> {
    const program = new BrokenProgram(await mkdtemp(join(tmpdir(), 'stoplog-broken-')))
    await cp(BUILT, program.built, { recursive: true })
    for (const name of ['package.json', 'node_modules']) await symlink(join(ROOT, name), join(program.#folder, name))
    for (const { file, text, instead } of breakages) {
      const path = join(program.built, file)
      const [before, after, ...more] = (await readFile(path, 'utf8')).split(text)
      if (before === undefined || after === undefined || more.length > 0)
        throw new Error(`${file} has changed: ${text}`)
      await writeFile(path, `${before}${instead}${after}`)
    }
    return program
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}
