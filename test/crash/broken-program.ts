import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../support/source-files.ts'
import { BUILT } from './killed-process.ts'

/** One place of the built program, and what is to stand there instead. */
export interface Breakage {
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

  /** Throws when a text does not stand in the program exactly once: then it is no longer what was broken. */
  static async make(breakages: readonly Breakage[]): Promise<BrokenProgram> {
    const program = new BrokenProgram(await mkdtemp(join(tmpdir(), 'stoplog-broken-')))
    await cp(BUILT, program.built, { recursive: true })
    for (const name of ['package.json', 'node_modules']) await symlink(join(ROOT, name), join(program.#folder, name))
    for (const breakage of breakages) await program.#apply(breakage)
    return program
  }

  async #apply({ text, instead }: Breakage): Promise<void> {
    let found = 0
    for (const name of (await readdir(this.built)).filter((each) => each.endsWith('.js'))) {
      const path = join(this.built, name)
      const parts = (await readFile(path, 'utf8')).split(text)
      found += parts.length - 1
      await writeFile(path, parts.join(instead))
    }
    if (found !== 1) throw new Error(`stands ${found} times in the program: ${text}`)
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}
