/** An agent's end of the uplink that sends the same frames of ended flows over and over, and times the acknowledgements. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFrameDecoder, encodeFrame, encodeJsonFrame } from '@netscope/core/frame.ts'
import { BATCH_HEADER_BYTES, FRAME, UPLINK_PROTOCOL } from '@netscope/core/wire.ts'
import { createDay, emptyFrame, FRAME_RECORDS, WALL_OFFSET_MS } from '../history/day.ts'

/** Different frames: some 80 MB of records. */
const FRAMES = 256
/** The agent's own bound of what is not acknowledged. */
const MAX_AHEAD_BYTES = 4 << 20
const STEP_MS = 5

const HELLO = {
  protocol: UPLINK_PROTOCOL,
  agent: 'bench',
  hostname: 'bench',
  version: '0',
  source: 'mock',
  flowCapacity: 131_072,
  startedAtMs: 1000,
  epoch: 1,
}

export interface Sent {
  seconds: number
  /** Acknowledged. */
  records: number
  /** From writing a frame to its acknowledgement, sorted. */
  acknowledgedMs: number[]
}

const makeFrames = (): Buffer[] => {
  const day = createDay(FRAMES * FRAME_RECORDS)
  return Array.from({ length: FRAMES }, () => {
    const records = emptyFrame()
    day.fill(records)
    const head = Buffer.alloc(BATCH_HEADER_BYTES)
    head.writeDoubleLE(WALL_OFFSET_MS, 0)
    return Buffer.concat([head, records])
  })
}

/** `perSecond`: records; Infinity: as many as are acknowledged. */
export const sendFrames = async (
  path: string,
  { perSecond, seconds, epoch }: { perSecond: number; seconds: number; epoch: number },
): Promise<Sent> => {
  const frames = makeFrames()
  const sentAt: number[] = []
  const acknowledgedMs: number[] = []
  let [seq, acked] = [0, 0]
  const decoder = createFrameDecoder((type, number) => {
    if (type !== FRAME.ack) return
    for (; acked < number; acked++)
      acknowledgedMs.push(performance.now() - (sentAt[acked + 1] ?? 0))
  })
  const socket = connect(path)
  socket.on('data', (chunk) => decoder.push(chunk))
  socket.write(encodeJsonFrame(FRAME.hello, 0, { ...HELLO, epoch }))
  const from = performance.now()
  const elapsed = () => (performance.now() - from) / 1000
  const frameBytes = frames[0]!.length
  while (elapsed() < seconds) {
    while (
      seq * FRAME_RECORDS < elapsed() * perSecond &&
      (seq - acked + 1) * frameBytes <= MAX_AHEAD_BYTES
    ) {
      sentAt[++seq] = performance.now()
      socket.write(encodeFrame(FRAME.flows, seq, frames[seq % FRAMES]))
    }
    await sleep(STEP_MS)
  }
  while (acked < seq) await sleep(STEP_MS)
  const took = elapsed()
  socket.destroy()
  return {
    seconds: took,
    records: acked * FRAME_RECORDS,
    acknowledgedMs: acknowledgedMs.toSorted((a, b) => a - b),
  }
}
