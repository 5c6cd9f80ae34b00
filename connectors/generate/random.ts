/**
 * Numbers that depend on nothing but a seed and an index, so that the n-th event can be made without those before it.
 * Not for secrets. The mixing is that of SplitMix32 and Mulberry32.
 */
export class SeededRandom {
  #state: number

  constructor(seed: number, index: number) {
    // The index may exceed 32 bits: both halves count.
    const high = Math.floor(index / 2 ** 32)
    this.#state = mix(mix(mix(seed | 0) ^ (high | 0)) ^ (index | 0))
  }

  /** An integer from 0 to `below` - 1. */
  below(below: number): number {
    return Math.floor(this.fraction() * below)
  }

  /** From 0 to just below 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    return (mix(this.#state) >>> 0) / 2 ** 32
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0]
  }

  /** Hexadecimal digits. */
  hex(length: number): string {
    let text = ''
    while (text.length < length) {
      text += this.below(0x1000000).toString(16).padStart(6, '0')
    }
    return text.slice(0, length)
  }
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
  return mixed ^ (mixed >>> 15)
}
