import { z } from 'zod'

export interface ListenAddress {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

const ADDRESS = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+)):(\d{1,5})$/
const MAX_PORT = 65_535

/** A config field that says where to listen: `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`. */
export const listenAddress = z
  .string()
  .max(300)
  .refine((text) => parse(text) !== null, 'expected an address and a port such as "127.0.0.1:8080" or "[::1]:8080"')
  .transform((text): ListenAddress => parse(text) ?? { host: '127.0.0.1', port: 0 })

/** True when only programs of this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

export function formatAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function parse(text: string): ListenAddress | null {
  const [, ip6, name, digits] = ADDRESS.exec(text) ?? []
  const host = ip6 ?? name
  const port = Number(digits)
  return host === undefined || port > MAX_PORT ? null : { host, port }
}
