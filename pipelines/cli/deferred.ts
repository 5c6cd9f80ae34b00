/** A promise that is resolved from outside. Only the first `resolve` counts. */
export class Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void

  constructor() {
    const made: { resolve: ((value: T) => void) | null } = { resolve: null }
    this.promise = new Promise((resolve) => {
      made.resolve = resolve
    })
    this.resolve = (value) => made.resolve?.(value)
  }
}
