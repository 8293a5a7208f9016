/** Flow records of a made-up day of a network, the same in every run: some 15,000 clients, 100,000 servers, both heavy-tailed. */
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import { RECORD_BYTES, RECORD_ENRICHMENT, RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import { KEY, SLOT } from '@netscope/core/slot.ts'
import { flowRecord } from '@netscope/server/fakes/flow-record.ts'

export const FRAME_RECORDS = 1024
export const DAY_MS = 86_400_000
/** 2026-01-15, UTC. */
export const DAY_START_MS = 1_768_435_200_000
/** The clock of the records was 0 at the start of the day before, so that flows can have begun then. */
export const WALL_OFFSET_MS = DAY_START_MS - DAY_MS
/** One in so many flows has names and a process, as on a host that sees its own. */
const OWN = 10
export const NAMES = 5000

const KEY_AT = RECORD_HEADER_BYTES + SLOT.key
const PORTS = [443, 443, 443, 443, 80, 53, 53, 22]

export interface Day {
  /** Writes the next FRAME_RECORDS records of `records` in the day, evenly spread over it. */
  fill(frame: Buffer): void
}

/** xorshift32; [0, 1). */
const createRandom = (seed: number) => (): number => {
  seed ^= seed << 13
  seed ^= seed >>> 17
  seed ^= seed << 5
  return (seed >>> 0) / 4_294_967_296
}

/** An address of each number, the same one always. */
export const clientAddress = (n: number): number => (0x0a000000 + n) >>> 0
export const serverAddress = (n: number): number =>
  (0x14000000 + (Math.imul(n, 2_654_435_761) >>> 5)) >>> 0

export const emptyFrame = (): Buffer =>
  Buffer.concat(
    Array.from({ length: FRAME_RECORDS }, (_, slot) => flowRecord({ slot, end: 2, syn: 1 })),
  )

export const createDay = (records: number, seed = 1): Day => {
  const random = createRandom(seed)
  const heavy = (n: number) => Math.floor(n ** random()) - 1
  const stepNs = (DAY_MS * 1e6) / records
  let number = 0

  const write64 = (view: DataView, at: number, value: number): void => {
    view.setUint32(at, value >>> 0, true)
    view.setUint32(at + 4, Math.floor(value / 4_294_967_296), true)
  }

  const writeRecord = (view: DataView, at: number): void => {
    const slot = at + RECORD_HEADER_BYTES
    const lastNs = Math.floor(DAY_MS * 1e6 + ++number * stepNs)
    const firstNs = lastNs - Math.floor(Math.exp(14 + 11 * random()))
    for (const side of [0, 8]) {
      write64(view, slot + SLOT.firstNs + side, firstNs)
      write64(view, slot + SLOT.lastNs + side, lastNs)
      const packets = Math.floor(Math.exp(6 * random()))
      write64(view, slot + SLOT.packets + side, packets)
      write64(view, slot + SLOT.bytes + side, Math.floor(packets * (40 + 1400 * random())))
    }
    view.setUint32(at, Math.floor(131_072 * random()), true)
    view.setUint32(at + KEY_AT + KEY.loAddr + 12, clientAddress(heavy(15_000)))
    view.setUint32(at + KEY_AT + KEY.hiAddr + 12, serverAddress(heavy(100_000)))
    view.setUint16(at + KEY_AT + KEY.loPort, 32_768 + Math.floor(28_232 * random()), true)
    const port = PORTS[Math.floor(PORTS.length * random())]!
    view.setUint16(at + KEY_AT + KEY.hiPort, port, true)
    view.setUint8(at + KEY_AT + KEY.protocol, port === 53 ? 17 : 6)
    view.setUint32(at + 4, port === 53 ? 1 : 2, true)
    const isOwn = random() * OWN < 1
    const id = isOwn ? 1 + Math.floor(NAMES * random()) : 0
    view.setUint32(at + RECORD_ENRICHMENT + ENRICHMENT.name + 4, id, true)
    view.setUint32(at + RECORD_ENRICHMENT + ENRICHMENT.srttUs, isOwn ? 1000 + id : 0, true)
  }

  return {
    fill(frame) {
      const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
      for (let at = 0; at < frame.length; at += RECORD_BYTES) writeRecord(view, at)
    },
  }
}
