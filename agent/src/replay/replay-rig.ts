/** Replays captures from memory and checks that the totals add up, for tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { detectSection } from '@netscope/core/config/detect.ts'
import { defaultsOf } from '@netscope/core/config/key.ts'
import type { ReplayFlow, ReplayLine, ReplaySummary } from '@netscope/core/replay.ts'
import { ethernet, ip, udp } from '../mock/packet.ts'
import type { WrittenPacket } from '../pcap/write-capture.ts'
import { replay } from './replay.ts'

export const CONFIG = {
  flows: {
    tableSize: 4096,
    tcpIdleSeconds: 300,
    udpIdleSeconds: 60,
    icmpIdleSeconds: 30,
    otherIdleSeconds: 60,
    closedLingerSeconds: 5,
    liveUpdatesPerSecond: 5000,
    condenseAbove: 500,
    recentEnded: 20000,
  },
  network: { sshPorts: [22] },
  observe: { enabled: true, httpHost: true },
  detect: defaultsOf(detectSection),
  networks: { named: [] },
}

/** Throws where the lines, the summary and the account of packets don't agree. */
export const run = async (
  contents: readonly Uint8Array[],
  config = CONFIG,
  isStopped = () => false,
) => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-replay-'))
  const files = contents.map((content, i) => {
    const path = join(folder, `capture-${i}`)
    writeFileSync(path, content)
    return path
  })
  try {
    return await replayed(files, config, isStopped)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const replayed = async (
  files: readonly string[],
  config: typeof CONFIG,
  isStopped: () => boolean,
) => {
  let text = ''
  const output = new Writable({
    highWaterMark: 1000, // a slow reader changes nothing
    write: (chunk, _encoding, done) => {
      text += String(chunk)
      setImmediate(done)
    },
  })
  const { summary, ok } = await replay(files, config, { output, isStopped })
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReplayLine)
  const flows = lines.filter((line) => line.type === 'flow')
  const alerts = lines.filter((line) => line.type === 'alert')
  ensureBalance(flows, summary)
  if (lines.at(-1)?.type !== 'summary' || lines.length !== flows.length + alerts.length + 1)
    throw new Error('the last line is the summary')
  return { flows, alerts, summary, ok }
}

const ensureBalance = (flows: readonly ReplayFlow[], summary: ReplaySummary): void => {
  const other = Object.values(summary.notCounted).reduce((sum, packets) => sum + packets, 0)
  const inFlows = flows.reduce((sum, flow) => sum + flow.srcPackets + flow.dstPackets, 0)
  const account = [
    summary.counted + summary.malformed + summary.notIp + other,
    inFlows,
    flows.length,
  ]
  const expected = [summary.packets, summary.counted, summary.flows]
  if (account.join() !== expected.join())
    throw new Error(`totals ${account.join()} instead of ${expected.join()}`)
}

export const START = 1_700_000_000
export const [A, B] = ['192.0.2.1', '192.0.2.2']
export const QUERY = ip({ src: A, dst: B }, udp(4000, 53, new Uint8Array(30)))

/** A packet so many seconds after START. */
export const at = (seconds: number, bytes = ethernet(QUERY)): WrittenPacket => ({
  bytes,
  seconds: START + seconds,
})
