/** A believable small network: flows that start, move and end, packets of them, seeded. */
import { createHash } from 'node:crypto'
import type { Flow } from '@netscope/core/flow.ts'
import { enrichmentOf, LOCAL, measured } from './fake-enrichment.ts'
import { type Kind, KINDS } from './fake-kinds.ts'

/** Mulberry32: a number in [0, 1) per call, the same for the same seed. */
export const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

const CLIENTS = [
  '192.168.178.2',
  '192.168.178.34',
  '192.168.178.51',
  '10.0.0.5',
  '2003:e1:bf2a:4f00:9c1b:22ff:fe3a:77d0',
]
export const SCANNER = '185.220.101.7'
const SYN = 2
const ACK = 16

export interface FakeNetwork {
  /** One second passes. */
  tick(nowMs: number): void
  live(): readonly Flow[]
  ended(): readonly Flow[]
}

const pick = <T>(random: () => number, items: readonly T[]): T =>
  items[Math.floor(random() * items.length)] as T

/** `size` live flows, judged by `verdictOf` in each second. */
export const createFakeNetwork = (
  config: { seed: number; size: number },
  verdictOf: (src: string, dst: string, port: number) => Flow['verdict'],
): FakeNetwork => {
  const random = seeded(config.seed)
  const weighted = KINDS.flatMap((kind) => Array.from({ length: kind.share }, () => kind))
  const kinds = new Map<string, Kind>()
  let live: Flow[] = []
  let ended: Flow[] = []
  let next = 1

  const start = (kind: Kind, nowMs: number, ageMs: number): Flow => {
    const scan = kind.port === 445
    const v6 = kind.dst[0]?.includes(':') === true
    const src = scan
      ? SCANNER
      : v6
        ? (CLIENTS[4] as string)
        : (CLIENTS[Math.floor(random() * 4)] as string)
    const flow = newFlow({
      kind,
      src,
      dst: pick(random, kind.dst),
      id: next++,
      port: 32_768 + Math.floor(random() * 28_000),
      startMs: nowMs - ageMs,
      scan,
    })
    kinds.set(flow.id, kind)
    return flow
  }
  const old = (kind: Kind, nowMs: number) => start(kind, nowMs, random() * kind.seconds * 1000)
  const advance = (flow: Flow, nowMs: number): Flow => {
    const kind = kinds.get(flow.id) as Kind
    const burst =
      kind.seconds > 30 ? 0.25 + 0.75 * Math.abs(Math.sin(nowMs / 9000 + flow.srcPort)) : 1
    const verdict = verdictOf(flow.src, flow.dst, flow.dstPort)
    const [out, back] = kind.rates.map((rate) =>
      Math.round(rate * burst * (0.6 + 0.8 * random())),
    ) as [number, number]
    return grow(flow, { verdict, out, back: verdict === 'DROP' ? 0 : back, nowMs })
  }
  const end = (flow: Flow): Flow => ({
    ...flow,
    srcTcpState: flow.srcTcpState && 'closed',
    dstTcpState: flow.dstTcpState && 'closed',
    end: flow.protocol === 'TCP' ? pick(random, ['closed', 'closed', 'reset']) : 'idle',
    srcBytesPerSecond: 0,
    dstBytesPerSecond: 0,
  })
  return {
    tick(nowMs) {
      if (live.length === 0)
        live = Array.from({ length: config.size }, (_, i) =>
          old(weighted[(i * 37) % weighted.length] as Kind, nowMs),
        )
      const over = (flow: Flow) => random() < 1 / ((kinds.get(flow.id)?.seconds ?? 1) + 1)
      const gone = live.filter(over)
      const names = new Set(gone.map(({ id }) => id))
      ended = [...gone.map(end), ...ended].slice(0, 500)
      live = live.filter(({ id }) => !names.has(id)).map((flow) => advance(flow, nowMs))
      for (const { id } of gone) {
        live.push(start(kinds.get(id) as Kind, nowMs, 0))
        kinds.delete(id)
      }
    },
    live: () => live,
    ended: () => ended,
  }
}

interface NewFlow {
  kind: Kind
  src: string
  dst: string
  id: number
  port: number
  startMs: number
  scan: boolean
}

const newFlow = ({ kind, src, dst, id, port, startMs, scan }: NewFlow): Flow => {
  const tcp = kind.protocol === 'TCP'
  const ports = tcp || kind.protocol === 'UDP'
  const hash = createHash('sha1')
    .update(`${src} ${dst} ${port} ${kind.port} ${kind.number}`)
    .digest('base64')
  const at = new Date(startMs).toISOString().replace('Z', '417Z')
  return {
    id: `fake-${id}`,
    condensed: 0,
    sources: 0,
    communityId: `1:${hash}`,
    src,
    dst,
    srcPort: ports ? port : 8,
    dstPort: kind.port,
    protocol: kind.protocol,
    protocolNumber: kind.number,
    vlan: kind.port === 873 ? 20 : 0,
    innerVlan: 0,
    interface:
      src === dst ? 'lo' : src.startsWith('10.') || kind.dst[0]?.startsWith('10.') ? 'wg0' : 'eth0',
    direction: kind.direction ?? (LOCAL.has(src) ? 'outbound' : 'forwarded'),
    verdict: 'PASS',
    srcPackets: 0,
    dstPackets: 0,
    srcBytes: 0,
    dstBytes: 0,
    srcBytesPerSecond: 0,
    dstBytesPerSecond: 0,
    srcDroppedPackets: 0,
    dstDroppedPackets: 0,
    srcTcpFlags: tcp ? SYN | (scan ? 0 : ACK | 8) : 0,
    dstTcpFlags: tcp && !scan ? SYN | ACK | 8 : 0,
    synCount: tcp ? 1 : 0,
    synAckCount: tcp && !scan ? 1 : 0,
    finCount: 0,
    rstCount: 0,
    handshake: tcp ? (scan ? 'unanswered' : 'complete') : '',
    ...enrichmentOf({ src, dst, port: kind.port, srcPort: port, tcp, scan }),
    fragment: 0,
    firstSeen: at,
    lastSeen: at,
    durationMs: 0,
    end: '',
  }
}

interface Second {
  verdict: Flow['verdict']
  out: number
  back: number
  nowMs: number
}

const PACKET = 900

const grow = (flow: Flow, { verdict, out, back, nowMs }: Second): Flow => {
  const [sent, received] = [Math.ceil(out / PACKET), Math.ceil(back / PACKET)]
  return {
    ...flow,
    ...measured(flow, { out, back, sent, received, nowMs }),
    verdict,
    srcBytesPerSecond: out,
    dstBytesPerSecond: back,
    srcBytes: flow.srcBytes + out,
    dstBytes: flow.dstBytes + back,
    srcPackets: flow.srcPackets + sent,
    dstPackets: flow.dstPackets + received,
    srcDroppedPackets: flow.srcDroppedPackets + (verdict === 'DROP' ? sent : 0),
    lastSeen: new Date(nowMs).toISOString().replace('Z', '002Z'),
    durationMs: nowMs - Date.parse(flow.firstSeen),
  }
}
