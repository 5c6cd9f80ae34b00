import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'

const MAX_OUTPUT_LINES = 10

/**
 * The bundle that `opa build` makes of a Rego file or of a folder with Rego and data; tests (`*_test.rego`) are left out.
 * Rejects with E_POLICY_OPA where there is no `opa`, with E_POLICY_COMPILE where it finds fault.
 */
export async function compileRego(source: string, entrypoint: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'stoplog-policy-'))
  const output = join(folder, 'bundle.tar.gz')
  const options = ['--target', 'wasm', '--entrypoint', entrypoint, '--ignore', '*_test.rego', '--output', output]
  try {
    // From beside the source, so that places in messages begin with its name and the bundle is the same on each machine.
    await promisify(execFile)('opa', ['build', ...options, '--', basename(source)], {
      cwd: dirname(source),
      timeout: PROCESSOR_LIMITS.policyCompileMs.default,
    })
    return await readFile(output)
  } catch (cause) {
    throw toCompileError(cause)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function toCompileError(cause: unknown): StoplogError {
  const { code, stdout, stderr, killed } = cause as Partial<Record<'code' | 'stdout' | 'stderr' | 'killed', unknown>>
  if (code === 'ENOENT') {
    return new StoplogError('E_POLICY_OPA', 'Rego has to be compiled, and there is no `opa` on the PATH', { cause })
  }
  if (killed === true) {
    const message = `opa build did not end within ${PROCESSOR_LIMITS.policyCompileMs.default} ms`
    return new StoplogError('E_POLICY_COMPILE', message, { cause })
  }
  // Faults of the Rego stand on stdout.
  const lines = `${String(stderr)}${String(stdout)}`.trim().split('\n')
  const shown = lines.length > MAX_OUTPUT_LINES ? [...lines.slice(0, MAX_OUTPUT_LINES), '…'] : lines
  return new StoplogError('E_POLICY_COMPILE', `opa build: ${shown.join('\n  ')}`, { cause })
}
