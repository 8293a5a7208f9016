/**
 * Damaged captures: nothing crashes, every packet that was read is accounted for. NETSCOPE_MUTATIONS sets
 * how many (default 1500), NETSCOPE_SEED which.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { createRandom } from '@netscope/agent/mock/random.ts'
import { replay } from '@netscope/agent/replay/replay.ts'
import { detectSection } from '@netscope/core/config/detect.ts'
import { defaultsOf } from '@netscope/core/config/key.ts'
import type { ReplayLine } from '@netscope/core/replay.ts'
import { findCaptures, SHARED_CAPTURES } from './find-captures.ts'
import { mutate } from './mutate.ts'
import { sampleCaptures } from './sample-captures.ts'

const MUTATIONS = Number(process.env['NETSCOPE_MUTATIONS'] ?? 1500)
const SEED = Number(process.env['NETSCOPE_SEED'] ?? 1)
const MAX_SEED_BYTES = 20_000
const CONFIG = {
  flows: {
    tableSize: 64,
    tcpIdleSeconds: 300,
    udpIdleSeconds: 60,
    icmpIdleSeconds: 30,
    otherIdleSeconds: 60,
    closedLingerSeconds: 5,
    liveUpdatesPerSecond: 5000,
    condenseAbove: 500,
    recentEnded: 0,
  },
  network: { sshPorts: [22] },
  observe: { enabled: true, httpHost: true },
  detect: defaultsOf(detectSection),
  networks: { named: [] },
}

const sharedSeeds = (): Uint8Array[] =>
  existsSync(SHARED_CAPTURES)
    ? findCaptures(SHARED_CAPTURES)
        .map((capture) => join(SHARED_CAPTURES, capture))
        .filter((path) => statSync(path).size <= MAX_SEED_BYTES)
        .map((path) => readFileSync(path))
    : []

const run = async (file: string) => {
  let text = ''
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk)
      done()
    },
  })
  const { summary } = await replay([file], CONFIG, { output })
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReplayLine)
  return { summary, flows: lines.filter((line) => line.type === 'flow') }
}

it(
  `accounts for every packet of ${MUTATIONS} damaged captures (seed ${SEED})`,
  { timeout: 60_000 + 50 * MUTATIONS },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'netscope-mutation-'))
    const file = join(folder, 'damaged')
    const random = createRandom(SEED)
    const seeds = [...sampleCaptures(), ...sharedSeeds()]
    const seen = { read: 0, counted: 0, malformed: 0, truncated: 0 }
    try {
      for (let i = 0; i < MUTATIONS; i++) {
        const seed = seeds[i % seeds.length] ?? new Uint8Array(0)
        writeFileSync(file, mutate(seed, random))
        const { summary, flows } = await run(file)
        const other = Object.values(summary.notCounted).reduce((sum, packets) => sum + packets, 0)
        const inFlows = flows.reduce((sum, flow) => sum + flow.srcPackets + flow.dstPackets, 0)
        const account = [
          summary.counted + summary.malformed + summary.notIp + other,
          inFlows,
          flows.length,
        ]
        expect(account, `mutation ${i} of seed ${SEED}`).toEqual([
          summary.packets,
          summary.counted,
          summary.flows,
        ])
        const faults = summary.problems.filter(({ cause }) => cause.includes('fault of NetScope'))
        expect(faults, `mutation ${i} of seed ${SEED}`).toEqual([])
        seen.read += summary.packets
        seen.counted += summary.counted
        seen.malformed += summary.malformed
        seen.truncated += summary.truncated ? 1 : 0
      }
      // The mutations must reach both what is read and what is refused.
      expect(Math.min(seen.counted, seen.malformed, seen.truncated)).toBeGreaterThan(MUTATIONS / 20)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)
