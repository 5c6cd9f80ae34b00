import { defineConfig } from 'vitest/config'

const fast = ['unit', 'golden', 'property', 'contract', 'architecture']

/**
 * One project per kind of test; `integration` runs whole brokers and command lines and gets more time, `peers` runs
 * foreign servers and clients, and `crash` kills processes, one file after the other, each by its npm script only.
 */
export default defineConfig({
  test: {
    setupFiles: ['test/support/quiet-console.ts'],
    projects: [
      ...fast.map((name) => ({
        extends: true as const,
        test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 30_000 },
      })),
      {
        extends: true as const,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true as const,
        test: { name: 'crash', include: ['test/crash/**/*.test.ts'], testTimeout: 3_600_000, fileParallelism: false },
      },
      {
        extends: true as const,
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
