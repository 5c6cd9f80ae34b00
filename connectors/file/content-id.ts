/** Characters of a SHA-256 that stand in ids: 128 bits, so that no two contents ever share one. */
const ID_DIGEST_LENGTH = 32

/** The id of one item of a content. Items count from 1; 0 is the content as a whole. */
export function toContentId(digest: string, item: number): string {
  return `${digest.slice(0, ID_DIGEST_LENGTH)}-${item}`
}
