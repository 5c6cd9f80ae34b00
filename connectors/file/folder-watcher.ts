import { watch, type FSWatcher } from 'node:fs'

/** Hears of changes in folders, as far as the operating system tells; polling finds the rest. */
export class FolderWatcher {
  readonly #watchers: FSWatcher[] = []
  #listener: (() => void) | null = null
  #pending = false

  constructor(folders: readonly string[]) {
    for (const folder of folders) {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#changed())
        watcher.on('error', () => watcher.close())
        this.#watchers.push(watcher)
      } catch {
        // The folder is not there yet, or cannot be watched.
      }
    }
  }

  /** Called at the next change, at once when one was missed since the last listener. */
  onChange(listener: (() => void) | null): void {
    this.#listener = listener
    if (listener !== null && this.#pending) this.#changed()
  }

  close(): void {
    for (const watcher of this.#watchers) watcher.close()
  }

  #changed(): void {
    this.#pending = this.#listener === null
    this.#listener?.()
  }
}
