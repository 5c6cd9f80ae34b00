/** A tar archive of files, as a small tool of one's own would write it. */
export function writeTar(
  files: readonly (readonly [name: string, content: Uint8Array | string, kind?: string])[],
): Buffer {
  const blocks = files.flatMap(([name, content, kind = '0']) => {
    const bytes = Buffer.from(content)
    return [tarHeader(name, bytes.length, kind), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

export function tarHeader(name: string, size: number, kind: string): Buffer {
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write('0000644\0', 100)
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write(kind, 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}
