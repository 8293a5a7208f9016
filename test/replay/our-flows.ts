/** Runs `netscope replay` on a capture, as a user does, and checks that its totals add up. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ReplayFlow, ReplayLine, ReplaySummary } from '@netscope/core/replay.ts'
import { addTraffic, type Conversations } from './conversations.ts'

const NETSCOPE = fileURLToPath(new URL('../../bin/netscope', import.meta.url))
/** Room for the JSON lines of the largest capture. */
const MAX_OUTPUT_BYTES = 1 << 30
const HAS_PORTS = new Set(['TCP', 'UDP', 'SCTP'])

export interface Replayed {
  exitCode: number
  flows: ReplayFlow[]
  summary: ReplaySummary
  stderr: string
}

/** Throws when it crashes or its lines are not what they should be. */
export const runReplay = (files: readonly string[], flags: readonly string[] = []): Replayed => {
  const { status, signal, stdout, stderr } = spawnSync(
    NETSCOPE,
    ['replay', '--format', 'json', ...flags, ...files],
    {
      encoding: 'utf8',
      maxBuffer: MAX_OUTPUT_BYTES,
    },
  )
  if (status === null || status > 1 || stdout === '')
    throw new Error(`replay of ${files.join()} ended with ${status ?? signal}: ${stderr}`)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReplayLine)
  const summary = lines.at(-1)
  if (summary?.type !== 'summary') throw new Error('the last line is no summary')
  const flows = lines.filter((line) => line.type === 'flow')
  return { exitCode: status, flows, summary, stderr }
}

/** What is wrong with the totals, if anything is. */
export const unbalanced = ({ flows, summary }: Replayed): string | undefined => {
  const inFlows = flows.reduce((sum, flow) => sum + flow.srcPackets + flow.dstPackets, 0)
  const bytes = flows.reduce((sum, flow) => sum + flow.srcBytes + flow.dstBytes, 0)
  const other = Object.values(summary.notCounted).reduce((sum, packets) => sum + packets, 0)
  const accounted = summary.counted + summary.malformed + summary.notIp + other
  if (accounted !== summary.packets)
    return `${summary.packets} packets read, ${accounted} accounted for`
  if (inFlows !== summary.counted) return `${summary.counted} packets counted, ${inFlows} in flows`
  if (bytes !== summary.bytes) return `${summary.bytes} bytes counted, ${bytes} in flows`
  return flows.length === summary.flows
    ? undefined
    : `${summary.flows} flows counted, ${flows.length} printed`
}

/** By addresses alone. */
export const byAddress = (flows: readonly ReplayFlow[]): Conversations => {
  const all: Conversations = new Map()
  for (const flow of flows) {
    addTraffic(all, 'IP', flow.src, flow.dst, flow.srcPackets, flow.srcBytes)
    addTraffic(all, 'IP', flow.dst, flow.src, flow.dstPackets, flow.dstBytes)
  }
  return withoutSilent(all)
}

/** By protocol, addresses and ports, over all VLANs, interfaces and stretches of time. */
export const byPorts = (flows: readonly ReplayFlow[]): Conversations => {
  const all: Conversations = new Map()
  for (const flow of flows) {
    if (!HAS_PORTS.has(flow.protocol) || flow.fragment > 0) continue
    const [src, dst] = [`${flow.src}:${flow.srcPort}`, `${flow.dst}:${flow.dstPort}`]
    addTraffic(all, flow.protocol, src, dst, flow.srcPackets, flow.srcBytes)
    addTraffic(all, flow.protocol, dst, src, flow.dstPackets, flow.dstBytes)
  }
  return withoutSilent(all)
}

const withoutSilent = (all: Conversations): Conversations =>
  new Map([...all].filter(([, { packets }]) => packets[0] + packets[1] > 0))
