import { inspect } from 'node:util'
import { z } from 'zod'

/** A value that prints as `[secret]` wherever it is logged, serialised or inspected. Invariant 7. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself: call this only where it is handed to the system that it belongs to. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [inspect.custom](): string {
    return '[secret]'
  }
}

/** A config field whose value must never be shown. In the JSON Schema for editors it is `writeOnly`. */
export const secret = z
  .string()
  .min(1, 'expected a secret, got an empty text')
  .meta({ writeOnly: true })
  .transform((value) => new Secret(value))
