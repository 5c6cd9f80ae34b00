import type { ErrorEntry } from './error-entry.ts'

/** What stands between a connector and its system. */
export const CONNECTOR_ERRORS = {
  // Files of connectors
  E_FILE_NONE: {
    category: 'environment',
    summary: 'no file matches the `path` of a source',
    fix: 'check the path: it is relative to the folder of the document; `allow_empty: true` if no file is fine, too',
  },
  E_FILE_PATTERN: {
    category: 'config',
    summary: 'a `path` with * ? ** or {a,b} cannot be used',
    fix: 'write a narrower pattern, or several of them as a list',
  },
  E_FILE_FORMAT: {
    category: 'config',
    summary: 'the name of a file does not tell its format',
    fix: 'add `format: json` (one document) or `format: ndjson` (one document per line) to the source',
  },
  E_FILE_READ: {
    category: 'environment',
    summary: 'a file or folder cannot be read',
    fix: 'let the user that runs this read it; what could be read was read, and the rest follows on the next run',
  },
  E_FILE_WRITE: {
    category: 'environment',
    summary: 'a file cannot be written',
    fix: 'check that the folder exists and that the user that runs this may write there',
  },
  E_DISK_FULL: {
    category: 'environment',
    summary: 'no space is left where a file is written',
    fix: 'make room: writing goes on by itself, and nothing is lost until then',
  },
  E_STDOUT_CLOSED: {
    category: 'environment',
    summary: 'whoever read the standard output has gone',
    fix: 'keep the reader of the pipe alive, or write to a file',
  },
  // Other systems
  E_UNREACHABLE: {
    category: 'environment',
    summary: 'another system cannot be reached, or fails',
    fix: 'check that it runs and that its address is right; it is tried again, and nothing is lost until then',
  },
  E_OVERLOADED: {
    category: 'environment',
    summary: 'another system has no room for more now',
    fix: 'nothing to do if it passes: it is tried again, more slowly; otherwise look at its load and its disks',
  },
  E_CREDENTIALS: {
    category: 'environment',
    summary: 'another system does not accept the credentials',
    fix: 'check user, password or key under `auth`, then run again: nothing is lost',
  },
  E_FORBIDDEN: {
    category: 'environment',
    summary: 'another system does not allow what is asked of it',
    fix: 'give the user the right that the message names, or lift the block on the index, then run again: nothing is lost',
  },
  E_REMOTE_API: {
    category: 'environment',
    summary: 'another system does not offer what a connector needs, at least not at this address',
    fix: 'check the address and the version of that system',
  },
  E_REMOTE_ANSWER: {
    category: 'environment',
    summary: 'the answer of another system does not fit what was sent, so nothing counts as delivered',
    fix: 'look for a proxy that answers in its place; it is tried again, and nothing is lost until then',
  },
  E_TLS: {
    category: 'environment',
    summary: 'another system cannot prove that it is the one it should be',
    fix: 'name the certificate of its authority under tls: { ca: ./ca.pem }, or correct the host name in the address',
  },
  E_TLS_FILE: {
    category: 'environment',
    summary: 'a file with certificates or a key cannot be read or used',
    fix: 'check the path and that the file holds PEM; it is relative to the folder of the document',
  },
  E_INDEX: {
    category: 'environment',
    summary: 'an index does not exist or takes no documents as it is set up',
    fix: 'create or open the index, or let the cluster create it (action.auto_create_index), then run again: nothing is lost',
  },
  // Answers of the source `http` to its senders
  E_HTTP_PATH: {
    category: 'runtime',
    summary: '404: a request for another path than the one of the source',
    fix: 'send to the path that is configured under `path`',
  },
  E_HTTP_METHOD: { category: 'runtime', summary: '405: a request other than POST', fix: 'send with POST' },
  E_HTTP_CREDENTIALS: {
    category: 'runtime',
    summary: '401: no credentials in a request; 403: wrong ones',
    fix: 'use the same token or secret on both sides, and the header that is configured under `auth`',
  },
  E_HTTP_ORIGIN: {
    category: 'runtime',
    summary: '403: a web page tried to send to a source without authentication',
    fix: 'nothing, unless web pages are meant to send: then configure `auth`',
  },
  E_HTTP_HEADERS: { category: 'runtime', summary: '431: a request with too many headers', fix: 'send fewer headers' },
  E_HTTP_LENGTH: {
    category: 'runtime',
    summary: '411: a request without a body',
    fix: 'send Content-Length or Transfer-Encoding: chunked',
  },
  E_HTTP_TOO_LARGE: {
    category: 'runtime',
    summary: '413: a body that is too large, or swells beyond the limit when it is decompressed',
    fix: 'send smaller pieces, or raise `max_body` of the source',
  },
  E_HTTP_MEDIA_TYPE: {
    category: 'runtime',
    summary: '415: a body of another type, charset or encoding than is read',
    fix: 'send content-type: application/json or application/x-ndjson, or set `format` where the sender cannot',
  },
  E_HTTP_ENCODING: {
    category: 'runtime',
    summary: '400: a body that is not compressed as its header says',
    fix: 'send the body as content-encoding says, or leave that header out',
  },
  E_HTTP_ID: {
    category: 'runtime',
    summary: '400: the expression `id` gives no text for a request',
    fix: 'name a header that each delivery has, or leave `id` out',
  },
  E_HTTP_RATE: {
    category: 'runtime',
    summary: '429: more requests per second than the source takes',
    fix: 'send again after Retry-After; `max_rate` of the source raises the limit',
  },
  E_HTTP_BUSY: {
    category: 'runtime',
    summary: '503: there is no room now',
    fix: 'send again after Retry-After',
  },
  E_HTTP_FAILED: {
    category: 'runtime',
    summary: '500: the events of a request could not be made durable',
    fix: 'see the log of the pipeline for the reason, and send again',
  },
} as const satisfies Record<string, ErrorEntry>
