/** Matches control characters of both blocks, and characters that hide or turn around what stands beside them. */
export const CONTROL_CHARACTER = /[\p{Cc}\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/u
