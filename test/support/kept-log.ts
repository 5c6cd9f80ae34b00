import type { LogFields, Logger } from '../../schemas/runtime.ts'

/** A logger that keeps what it is told. */
export class KeptLog implements Logger {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[] = []

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields })
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields })
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields })
  }
}
