/** For tests: a server of the uplink on a real Unix socket. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ENDS, RECORD_BYTES, type End } from '@netscope/core/flow-record.ts'
import {
  createFrameDecoder,
  encodeFrame,
  encodeJsonFrame,
  parseJsonPayload,
} from '@netscope/core/frame.ts'
import { BATCH_HEADER_BYTES, FRAME, SPOOLED_HEADER_BYTES } from '@netscope/core/wire.ts'

export interface ReceivedFrame {
  type: number
  seq: number
  /** Copy of the payload. */
  payload: Buffer
}

/** Slot numbers of the records in a flows frame. */
export const slotsOf = ({ payload }: ReceivedFrame): number[] => {
  const slots: number[] = []
  for (let at = BATCH_HEADER_BYTES; at < payload.length; at += RECORD_BYTES)
    slots.push(payload.readUInt32LE(at))
  return slots
}

/** A spooled frame, opened. */
export const openSpooled = ({ payload }: ReceivedFrame) => {
  const recordsAt = SPOOLED_HEADER_BYTES + payload.readUInt32LE(0)
  const slots: number[] = []
  for (let at = recordsAt; at < payload.length; at += RECORD_BYTES)
    slots.push(payload.readUInt32LE(at))
  return {
    seq: payload.readUInt32LE(4),
    epoch: payload.readDoubleLE(8),
    names: parseJsonPayload(payload.subarray(SPOOLED_HEADER_BYTES, recordsAt)),
    slots,
  }
}

/** Records whose slot numbers and ends are those given. */
export const flowRecords = (...flows: [slot: number, end: End][]): Uint8Array => {
  const bytes = Buffer.alloc(flows.length * RECORD_BYTES)
  flows.forEach(([slot, end], i) => {
    bytes.writeUInt32LE(slot, i * RECORD_BYTES)
    bytes.writeUInt32LE(ENDS.indexOf(end), i * RECORD_BYTES + 4)
  })
  return bytes
}

export const createFakeServer = () => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-uplink-'))
  const path = join(folder, 'uplink.sock')
  const frames: ReceivedFrame[] = []
  const sockets = new Set<Socket>()
  let server = createServer()

  const start = (): Promise<void> => {
    server = createServer((socket) => {
      sockets.add(socket)
      const decoder = createFrameDecoder((type, seq, payload) =>
        frames.push({ type, seq, payload: Buffer.from(payload) }),
      )
      socket.on('data', (chunk) => decoder.push(chunk))
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    })
    return new Promise((resolve) => server.listen(path, resolve))
  }
  const stop = (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  const write = (bytes: Uint8Array) => sockets.forEach((socket) => socket.write(bytes))

  return {
    path,
    frames,
    start,
    stop,
    flows: () => frames.filter((frame) => frame.type === FRAME.flows),
    spooled: () => frames.filter((frame) => frame.type === FRAME.spooled).map(openSpooled),
    json: (type: number) =>
      frames.filter((frame) => frame.type === type).map((frame) => parseJsonPayload(frame.payload)),
    write,
    /** Reads no more from those that are connected. */
    stopReading: () => sockets.forEach((socket) => socket.pause()),
    acknowledge: (seq: number) => write(encodeFrame(FRAME.ack, seq)),
    command: (command: unknown) => write(encodeJsonFrame(FRAME.command, 0, command)),
    close: async () => {
      await stop()
      rmSync(folder, { recursive: true })
    },
  }
}
