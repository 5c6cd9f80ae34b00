import type { Worker } from 'node:worker_threads'
import type { Logger } from '../../schemas/runtime.ts'
import { StoplogError, toStoplogError } from '../../schemas/stoplog-error.ts'
import type { BrokerThreadReport } from './broker-thread.ts'

interface Listener {
  readonly logger: Logger
  readonly onFatal: (error: StoplogError) => void
}

/**
 * Resolves with the port of a broker's thread, or rejects with the reason why it does not listen. From then on its
 * reports go to the logger and to `onFatal`, which is also told when the thread ends without having said why.
 */
export function untilListening(thread: Worker, { logger, onFatal }: Listener): Promise<number> {
  return new Promise((resolve, reject) => {
    let isListening = false
    let isExplained = false
    const fail = (error: StoplogError): void => {
      isExplained = true
      if (isListening) onFatal(error)
      else reject(error)
    }
    thread.on('message', (report: BrokerThreadReport) => {
      if (report.type === 'log') logger[report.level](report.message, report.fields)
      else if (report.type === 'listening') {
        isListening = true
        resolve(report.port)
      } else if (report.type === 'closed') isExplained = true
      else fail(toError(report))
    })
    thread.on('error', (error) => fail(toStoplogError(error)))
    // All that the thread has said was heard before.
    thread.on('exit', (code) => {
      if (isExplained) return
      fail(new StoplogError('E_BUG', `the thread of the broker has ended without a word (exit code ${code})`))
    })
  })
}

function toError(report: Extract<BrokerThreadReport, { readonly code: unknown }>): StoplogError {
  return new StoplogError(report.code, report.message, report.where === undefined ? {} : { where: report.where })
}
