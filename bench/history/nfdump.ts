/** The baseline: nfdump's files of the same records, as NetFlow v5 through nfcapd, and its answers to the same questions. */
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { RECORD_BYTES, RECORD_HEADER_BYTES } from '@netscope/core/flow-record.ts'
import { KEY, SLOT } from '@netscope/core/slot.ts'
import { startProcess } from '../rig/process.ts'
import type { Undo } from '../rig/undo.ts'
import {
  createDay,
  DAY_MS,
  DAY_START_MS,
  emptyFrame,
  FRAME_RECORDS,
  WALL_OFFSET_MS,
} from './day.ts'

const PORT = 29_995
const HEADER = 24
const RECORD = 48
const RECORDS = 30
/** Faster, and nfcapd loses some on a busy machine. */
const DATAGRAMS_PER_PAUSE = 40

/** A flow is one record: what both sides sent, by who sent first. */
const writeRecord = (to: DataView, at: number, from: DataView, record: number): void => {
  const slot = record + RECORD_HEADER_BYTES
  const key = slot + SLOT.key
  const sum = (offset: number) =>
    from.getUint32(slot + offset, true) + from.getUint32(slot + offset + 8, true)
  const ms = (offset: number) =>
    (from.getUint32(slot + offset, true) + from.getUint32(slot + offset + 4, true) * 2 ** 32) / 1e6
  to.setUint32(at, from.getUint32(key + KEY.loAddr + 12))
  to.setUint32(at + 4, from.getUint32(key + KEY.hiAddr + 12))
  to.setUint32(at + 16, sum(SLOT.packets))
  to.setUint32(at + 20, sum(SLOT.bytes))
  to.setUint32(at + 24, ms(SLOT.firstNs))
  to.setUint32(at + 28, ms(SLOT.lastNs))
  to.setUint16(at + 32, from.getUint16(key + KEY.loPort, true))
  to.setUint16(at + 34, from.getUint16(key + KEY.hiPort, true))
  to.setUint8(at + 38, from.getUint8(key + KEY.protocol))
}

export interface Nfdump {
  bytes: number
  /** Records that arrived. */
  records: number
  /** Seconds of each question, several times. */
  ask(rounds: number): Record<'top' | 'address', number[]>
}

export const fillNfdump = async (records: number, folder: string, undo: Undo): Promise<Nfdump> => {
  mkdirSync(folder, { recursive: true })
  const collector = startProcess(
    [
      'nfcapd',
      '-w',
      folder,
      '-p',
      String(PORT),
      '-b',
      '127.0.0.1',
      '-t',
      '3600',
      '-y',
      '-B',
      '16777216',
    ],
    undo,
  )
  await pause(1000)
  const socket = createSocket('udp4')
  const day = createDay(records)
  const frame = emptyFrame()
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  let sent = 0
  let sequence = 0
  for (let done = 0; done < records; done += FRAME_RECORDS) {
    day.fill(frame)
    for (let first = 0; first < FRAME_RECORDS; first += RECORDS) {
      const count = Math.min(RECORDS, FRAME_RECORDS - first)
      const datagram = Buffer.alloc(HEADER + count * RECORD)
      const to = new DataView(datagram.buffer, datagram.byteOffset, datagram.length)
      to.setUint16(0, 5)
      to.setUint16(2, count)
      // Its clock was 0 when ours was, and a packet is never older than what it tells of.
      to.setUint32(4, 2 * DAY_MS)
      to.setUint32(8, (WALL_OFFSET_MS + 2 * DAY_MS) / 1000)
      to.setUint32(16, sequence)
      sequence += count
      for (let i = 0; i < count; i++)
        writeRecord(to, HEADER + i * RECORD, view, (first + i) * RECORD_BYTES)
      socket.send(datagram, PORT, '127.0.0.1')
      if (++sent % DATAGRAMS_PER_PAUSE === 0) await pause(1)
    }
  }
  await pause(2000)
  socket.close()
  await collector.end()
  const files = readdirSync(folder).filter((name) => name.startsWith('nfcapd.'))
  const bytes = files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  return { bytes, records: countOf(folder), ask: (rounds) => ask(folder, rounds) }
}

const nfdump = (folder: string, ...args: string[]): string => {
  const { stdout, stderr, status } = spawnSync('nfdump', ['-R', folder, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, TZ: 'UTC' },
  })
  if (status !== 0) throw new Error(`nfdump ${args.join(' ')}: ${stderr}`)
  return stdout
}

const countOf = (folder: string): number =>
  Number(/^Flows:\s+(\d+)/m.exec(nfdump(folder, '-I'))?.[1] ?? 0)

const timeOf = (ms: number): string =>
  new Date(ms).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', '.')

const ask = (folder: string, rounds: number) => {
  const end = DAY_START_MS + DAY_MS
  const lastHour = `${timeOf(end - 3_600_000)}-${timeOf(end)}`
  const timed = (...args: string[]) =>
    Array.from({ length: rounds }, () => {
      const from = performance.now()
      nfdump(folder, ...args)
      return performance.now() - from
    })
  return {
    top: timed('-t', lastHour, '-s', 'srcip/bytes', '-n', '10'),
    address: timed('-c', '100', '-o', 'line', 'host 10.0.8.200'),
  }
}
