import { setTimeout as wait } from 'node:timers/promises'

/** Resolves when the condition holds, which is looked at again after each pause; the test's time limit is the only one. */
export async function until(condition: () => boolean | Promise<boolean>, pauseMs = 5): Promise<void> {
  while (!(await condition())) await wait(pauseMs)
}
