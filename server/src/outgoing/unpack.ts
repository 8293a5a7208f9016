/** Bodies that were packed for the way (RFC 9110 section 8.4): some servers do that unasked. */
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'

/** Rejects with ERR_BUFFER_TOO_LARGE beyond `maxOutputLength`, and for what is broken. */
type Unpacker = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>

const gzip: Unpacker = promisify(gunzip)
const UNPACKERS: Readonly<Record<string, Unpacker>> = {
  ...{ gzip, 'x-gzip': gzip },
  ...{ deflate: promisify(inflate), br: promisify(brotliDecompress) },
}

/** `encoding`: the header, one word; what is not known is left as it is. */
export const unpack = async (body: Buffer, encoding: string, maxBytes: number): Promise<Buffer> => {
  const unpacker = UNPACKERS[encoding.trim().toLowerCase()]
  return unpacker && body.length > 0 ? unpacker(body, { maxOutputLength: maxBytes }) : body
}

/** A file of gzip (RFC 1952), whatever its server calls it. */
export const isGzip = (body: Buffer): boolean => body[0] === 0x1f && body[1] === 0x8b
