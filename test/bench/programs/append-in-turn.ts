/** Batches that wait for the disk at any time. */
const IN_FLIGHT = 64

/** Appends so many batches to the targets in turn, always with the same number of them on their way. */
export async function appendInTurn<T>(
  targets: readonly T[],
  batches: number,
  append: (target: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const one = async (): Promise<void> => {
    while (next < batches) {
      const target = targets[next % targets.length]
      next += 1
      if (target !== undefined) await append(target)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, one))
}
