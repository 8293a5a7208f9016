/** Reads a capture file from start to end with bounded memory: finds out compression and format itself. */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import {
  CaptureError,
  type CaptureInterface,
  type CaptureParser,
  type CaptureSink,
} from './capture.ts'
import { createPcapParser, isPcap } from './pcap-format.ts'
import { createPcapngParser, isPcapng } from './pcapng-format.ts'

/** Read at a time. */
const CHUNK_BYTES = 1 << 20
const HEAD_BYTES = 24
const NOTHING: Buffer = Buffer.alloc(0)

/** What was wrong with a file; `offset` counts uncompressed bytes. */
export interface CaptureProblem {
  file: string
  /** Absent where nothing could be read at all. */
  offset?: number
  cause: string
}

export interface CaptureFile {
  /** Bytes of the file (compressed ones) that have been read. */
  bytesRead(): number
  interfaces(): readonly CaptureInterface[]
  /** Why it could not be read to its end. */
  problem(): CaptureProblem | undefined
  /** Hands packets to the sink, piece by piece: at most 1 MiB and a packet, or until the sink pauses. */
  pieces(): AsyncGenerator<void>
}

/** The capture at `path`, '-' for standard input. Nothing is opened before pieces() runs. */
export const openCapture = (path: string, sink: CaptureSink): CaptureFile => {
  let bytesRead = 0
  let parser: CaptureParser | undefined
  let problem: CaptureProblem | undefined
  let offset = 0
  let paused = false
  const pausing: CaptureSink = {
    packet: (packet) => (paused = sink.packet(packet)),
    badRecord: sink.badRecord,
  }
  const fail = (at: number, cause: string): void => {
    problem ??= { file: path, ...(at > 0 && { offset: at }), cause }
  }

  /** Chunks of the plain capture, each with what the parser left of the one before in front of it. */
  const take = (rest: Buffer, chunk: Buffer): Buffer => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (parser === undefined) {
      if (bytes.length < HEAD_BYTES) return bytes
      parser = parserFor(bytes, pausing)
    }
    const done = parser.parse(bytes, offset)
    offset += done
    return done > bytes.length ? NOTHING : bytes.subarray(done)
  }

  async function* pieces(): AsyncGenerator<void> {
    let rest: Buffer = NOTHING
    let end = 0
    try {
      for await (const chunk of plainChunks(path, (n) => (bytesRead += n))) {
        const skip = Math.min(offset + rest.length - end, chunk.length)
        end += chunk.length
        if (skip < chunk.length) rest = take(rest, chunk.subarray(skip))
        yield
        while (paused) {
          paused = false
          rest = take(NOTHING, rest)
          yield
        }
      }
      if (offset !== end || parser === undefined) fail(offset, cutOff(parser, end, offset, rest))
    } catch (error) {
      fail(error instanceof CaptureError ? error.offset : end, causeOf(error))
    }
  }

  return {
    bytesRead: () => bytesRead,
    interfaces: () => parser?.interfaces() ?? [],
    problem: () => problem,
    pieces,
  }
}

const cutOff = (
  parser: CaptureParser | undefined,
  end: number,
  offset: number,
  rest: Buffer,
): string => {
  if (end === 0) return 'the file is empty'
  if (parser === undefined) return `the file ends after ${end} bytes, within its header`
  return offset > end
    ? `the file ends ${offset - end} bytes before the end of a block`
    : `the file ends within a record, of which ${rest.length} bytes are there`
}

const parserFor = (head: Buffer, sink: CaptureSink): CaptureParser => {
  if (isPcap(head)) return createPcapParser(sink)
  if (isPcapng(head)) return createPcapngParser(sink)
  throw new CaptureError(0, `neither pcap nor pcapng${foreign(head)}`)
}

/** Formats that people take for captures, by their first bytes. */
const FOREIGN: readonly [magic: string, advice: string][] = [
  ['736e6f6f70', 'a snoop file: convert it with `editcap -F pcap`'],
  ['a1e2cb12', 'a pcap variant with its own record header: convert it with `editcap -F pcap`'],
  ['12cbe2a1', 'a pcap variant with its own record header: convert it with `editcap -F pcap`'],
  ['fd377a585a', 'xz: unpack it first'],
  ['425a68', 'bzip2: unpack it first'],
  ['504b0304', 'a zip archive: unpack it first'],
  ['54525348', 'a NetMon file: convert it with `editcap -F pcap`'],
  ['474d4255', 'a NetMon file: convert it with `editcap -F pcap`'],
]

const foreign = (head: Buffer): string => {
  const hex = head.toString('hex', 0, 8)
  const known = FOREIGN.find(([magic]) => hex.startsWith(magic))
  return known ? `; it looks like ${known[1]}` : `; its first bytes are ${hex}`
}

/** Bytes of the file, unpacked where it is compressed. */
async function* plainChunks(path: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const file = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES })
  const raw = countedChunks(file, onRead)
  const first = await raw.next()
  if (first.done) return
  const unpacker = unpackerFor(first.value)
  if (unpacker === undefined) {
    yield first.value
    yield* raw
    return
  }
  const source = Readable.from(prepend(first.value, raw), {
    objectMode: false,
    highWaterMark: CHUNK_BYTES,
  })
  source.on('error', (error) => unpacker.destroy(error))
  try {
    yield* source.pipe(unpacker) as AsyncIterable<Buffer>
  } finally {
    source.destroy()
    unpacker.destroy()
  }
}

async function* countedChunks(
  file: AsyncIterable<Buffer>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of file) {
    onRead(chunk.length)
    yield chunk
  }
}

async function* prepend(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* rest
}

const unpackerFor = (head: Buffer) => {
  if (head[0] === 0x1f && head[1] === 0x8b) return createGunzip({ chunkSize: CHUNK_BYTES })
  const isZstd = head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528
  return isZstd ? createZstdDecompress({ chunkSize: CHUNK_BYTES }) : undefined
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'no permission to read it',
  EISDIR: 'a directory; name the files in it',
  Z_BUF_ERROR: 'the compressed data end too early',
  Z_DATA_ERROR: 'the compressed data are damaged',
  ZSTD_error_srcSize_wrong: 'the compressed data end too early',
}

const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  return CAUSES[code] ?? error.message
}
