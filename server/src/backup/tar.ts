/** The headers of a tar archive (POSIX.1-1988 ustar; sizes from 8 GiB on as GNU tar writes them): regular files only. */

export const BLOCK = 512

const NAME = 100
const AT = {
  mode: 100,
  uid: 108,
  gid: 116,
  size: 124,
  mtime: 136,
  checksum: 148,
  type: 156,
} as const
const MAGIC_AT = 257
/** Largest size in eleven octal digits. */
const OCTAL_LIMIT = 8 ** 11

/** Bytes after the content of a file that fill its last block. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK

/** The sum of a header's bytes, its own field as spaces. */
const checksumOf = (header: Buffer): number => {
  let sum = 8 * 32
  for (let i = 0; i < BLOCK; i++) {
    const isChecksum = i >= AT.checksum && i < AT.checksum + 8
    sum += isChecksum ? 0 : (header[i] ?? 0)
  }
  return sum
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0')

/** `name` has at most 100 ASCII characters. */
export const headerOf = (name: string, size: number, mtimeMs: number): Buffer => {
  if (name.length > NAME) throw new RangeError(`too long for an archive: ${name}`)
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0, 'latin1')
  header.write(octal(0o600, 7), AT.mode)
  header.write(octal(0, 7), AT.uid)
  header.write(octal(0, 7), AT.gid)
  if (size < OCTAL_LIMIT) header.write(octal(size, 11), AT.size)
  else {
    header.writeUInt8(0x80, AT.size)
    header.writeBigUInt64BE(BigInt(size), AT.size + 4)
  }
  header.write(octal(Math.floor(mtimeMs / 1000), 11), AT.mtime)
  header.write('0', AT.type)
  header.write('ustar\x0000', MAGIC_AT, 'latin1')
  header.write(`${octal(checksumOf(header), 6)}\0 `, AT.checksum, 'latin1')
  return header
}

export interface TarEntry {
  name: string
  size: number
}

const textAt = (header: Buffer, from: number, length: number): string => {
  const end = header.indexOf(0, from)
  return header.toString('latin1', from, end < 0 || end > from + length ? from + length : end)
}

/** The file that a header announces; undefined: the end of the archive. Throws what is wrong in words. */
export const readHeader = (header: Buffer): TarEntry | undefined => {
  if (header.every((byte) => byte === 0)) return undefined
  const given = Number.parseInt(textAt(header, AT.checksum, 8).trim(), 8)
  if (given !== checksumOf(header)) throw new Error('it is no tar archive, or damaged')
  const type = header.toString('latin1', AT.type, AT.type + 1)
  const name = textAt(header, 0, NAME)
  if (type !== '0' && type !== '\0') throw new Error(`${JSON.stringify(name)} is no plain file`)
  const isLarge = ((header[AT.size] ?? 0) & 0x80) !== 0
  const size = isLarge
    ? Number(header.readBigUInt64BE(AT.size + 4))
    : Number.parseInt(textAt(header, AT.size, 12).trim(), 8)
  if (!Number.isSafeInteger(size)) throw new Error(`${JSON.stringify(name)} has no size`)
  return { name, size }
}
