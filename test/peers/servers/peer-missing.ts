/** A foreign server cannot be had on this machine: tests that need it are skipped, and say why. */
export class PeerMissing extends Error {
  override readonly name = 'PeerMissing'
}

/** Why the peer cannot be had, or null when it can. Any other failure of `install` is thrown. */
export async function whyMissing(install: () => Promise<unknown>): Promise<string | null> {
  try {
    await install()
    return null
  } catch (error) {
    if (error instanceof PeerMissing) return error.message
    throw error
  }
}
