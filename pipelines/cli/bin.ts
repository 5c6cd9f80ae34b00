#!/usr/bin/env node
import { main } from './main.ts'
import { processIo } from './process-io.ts'

// Whatever a second signal has left behind does not keep the process.
process.exit(await main(process.argv.slice(2), processIo()))
