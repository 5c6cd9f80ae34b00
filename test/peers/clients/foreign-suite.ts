/** How the tests of a foreign suite ended, by name. */
export interface SuiteResults {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
}

/** The tests that the authors of a client run against a real Kafka. */
export interface ForeignSuite {
  readonly name: string
  /** Tests that need what this broker does not serve, with what that is. They are run, and have to fail. */
  readonly unserved: Readonly<Record<string, string>>
  /** Tests that never end without what this broker does not serve. They are left out. */
  readonly leftOut: Readonly<Record<string, string>>
  /** Passes of a run that was whole; fewer mean that the suite has not seen the broker. */
  readonly minPassed: number
  /** Throws PeerMissing when the suite cannot be had on this machine. */
  install(): Promise<void>
  run(address: string): Promise<SuiteResults>
}
