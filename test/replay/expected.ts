/** What the sources of the captures publish about them (expected/ beside them), in comparable form. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReplayFlow } from '@netscope/core/replay.ts'
import { addTraffic, type Conversations, differences } from './conversations.ts'
import { byPorts } from './our-flows.ts'

/** What one file of expected/ says about the flows of a capture: a line of agreement, or the differences. */
export interface Verdict {
  what: string
  compared: number
  wrong: string[]
}

type Comparison = (flows: readonly ReplayFlow[], text: string) => Verdict

const wrongOf = (ours: Conversations, theirs: Conversations, both: boolean): string[] =>
  differences(ours, theirs, ['packets', 'bytes'], both).map(
    ({ key, ours: a, theirs: b }) => `${key}: ours ${a}, theirs ${b}`,
  )

/** Zeek's conn.log (tab-separated; the fields are named in #fields). Zeek may end a connection at other moments. */
const zeekConnLog: Comparison = (flows, text) => {
  const lines = text.split('\n')
  const names =
    lines
      .find((line) => line.startsWith('#fields'))
      ?.split('\t')
      .slice(1) ?? []
  const theirs: Conversations = new Map()
  let compared = 0
  for (const line of lines) {
    if (line === '' || line.startsWith('#')) continue
    const cells = line.split('\t')
    const cell = (name: string): string => cells[names.indexOf(name)] ?? ''
    const orig = `${cell('id.orig_h')}:${cell('id.orig_p')}`
    const resp = `${cell('id.resp_h')}:${cell('id.resp_p')}`
    const kind = cell('proto').toUpperCase()
    addTraffic(theirs, kind, orig, resp, Number(cell('orig_pkts')), Number(cell('orig_ip_bytes')))
    addTraffic(theirs, kind, resp, orig, Number(cell('resp_pkts')), Number(cell('resp_ip_bytes')))
    compared++
  }
  return { what: 'zeek conn.log', compared, wrong: wrongOf(byPorts(flows), theirs, true) }
}

/** Earliest and latest time of each conversation, as ISO 8601 without a zone. */
type Spans = Map<string, [first: string, last: string]>

const addSpan = (to: Spans, key: string, first: string, last: string): void => {
  const [a, b] = to.get(key) ?? [first, last]
  to.set(key, [first < a ? first : a, last > b ? last : b])
}

const wrongSpans = (ours: Spans, theirs: Spans): string[] =>
  [...theirs].flatMap(([key, span]) => {
    const mine = ours.get(key)?.join(' to ')
    return mine === span.join(' to ') ? [] : [`${key}: ours ${mine}, theirs ${span.join(' to ')}`]
  })

const NUMBERS: Readonly<Record<string, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' }

/** ipfixprobe's CSV; it has no ports for ICMP and ends flows at other moments: all of one 5-tuple and VLAN are summed. */
const ipfixprobeCsv: Comparison = (flows, text) => {
  const rows = text.trim().split('\n')
  const header =
    rows
      .find((row) => row.startsWith('ipaddr'))
      ?.split(',')
      .map((name) => name.split(' ')[1] ?? '') ?? []
  const hasVlan = header.includes('VLAN_ID')
  const theirs: Conversations = new Map()
  const [ourSpans, theirSpans]: [Spans, Spans] = [new Map(), new Map()]
  let compared = 0
  for (const row of rows) {
    if (row.startsWith('ipaddr')) continue
    const cells = row.split(',')
    const cell = (name: string): string => cells[header.indexOf(name)] ?? ''
    const kind = `${NUMBERS[cell('PROTOCOL')] ?? cell('PROTOCOL')}${hasVlan ? ` vlan ${cell('VLAN_ID')}` : ''}`
    const [src, dst] = [
      `${cell('SRC_IP')}:${cell('SRC_PORT')}`,
      `${cell('DST_IP')}:${cell('DST_PORT')}`,
    ]
    const key = addTraffic(theirs, kind, src, dst, Number(cell('PACKETS')), Number(cell('BYTES')))
    addSpan(theirSpans, key, cell('TIME_FIRST'), cell('TIME_LAST'))
    addTraffic(theirs, kind, dst, src, Number(cell('PACKETS_REV')), Number(cell('BYTES_REV')))
    compared++
  }
  const ours: Conversations = new Map()
  for (const flow of flows) {
    const port = (number: number) => (flow.protocol.startsWith('ICMP') ? 0 : number)
    const kind = `${flow.protocol}${hasVlan ? ` vlan ${flow.vlan}` : ''}`
    const [src, dst] = [`${flow.src}:${port(flow.srcPort)}`, `${flow.dst}:${port(flow.dstPort)}`]
    const key = addTraffic(ours, kind, src, dst, flow.srcPackets, flow.srcBytes)
    addSpan(ourSpans, key, flow.firstSeen.slice(0, -1), flow.lastSeen.slice(0, -1))
    addTraffic(ours, kind, dst, src, flow.dstPackets, flow.dstBytes)
  }
  const wrong = [...wrongOf(ours, theirs, true), ...wrongSpans(ourSpans, theirSpans)]
  return { what: 'ipfixprobe packets, bytes, times', compared, wrong }
}

interface CommunityIdEntry {
  proto: number
  saddr: string
  daddr: string
  sport: number | null
  dport: number | null
  communityid: string
}

/** Community IDs of each direction; every one of ours must be among them, too. */
const communityIds: Comparison = (flows, text) => {
  const entries = JSON.parse(text) as CommunityIdEntry[]
  const wrong = entries.flatMap((entry) => {
    const { proto, saddr, daddr, sport, dport, communityid } = entry
    const name = `${proto} ${saddr}:${sport} ${daddr}:${dport}`
    const flow = flows.find(
      (one) => one.protocolNumber === proto && isBetween(one, saddr, daddr, sport ?? 0, dport ?? 0),
    )
    if (flow === undefined) return [`${name}: no such flow`]
    return flow.communityId === communityid
      ? []
      : [`${name}: ours ${flow.communityId}, theirs ${communityid}`]
  })
  const known = new Set(entries.map((entry) => entry.communityid))
  const unknown = flows
    .filter((flow) => !known.has(flow.communityId))
    .map((flow) => `${flow.communityId} is only ours`)
  return { what: 'Community IDs', compared: entries.length, wrong: [...wrong, ...unknown] }
}

const isBetween = (
  flow: ReplayFlow,
  saddr: string,
  daddr: string,
  sport: number,
  dport: number,
): boolean => {
  const is = (a: string, p: number, b: string, q: number) =>
    flow.src === a && flow.srcPort === p && flow.dst === b && flow.dstPort === q
  return is(saddr, sport, daddr, dport) || is(daddr, dport, saddr, sport)
}

/** Which file of expected/ is about which capture. The others there are about detectors. */
const FILES: Readonly<Record<string, readonly [file: string, comparison: Comparison]>> = {
  'zeek/wikipedia.pcap': ['wikipedia.conn.log', zeekConnLog],
  'zeek/q-in-q.pcap': ['q-in-q.conn.log', zeekConnLog],
  'ipfixprobe/mixed.pcap': ['basic.csv', ipfixprobeCsv],
  'ipfixprobe/vlan.pcap': ['vlan.csv', ipfixprobeCsv],
  'community-id-spec/combined.pcap': ['baseline_deflt.json', communityIds],
}

/** The comparison of a capture's flows with what is published about it, if anything is. */
export const compareWithExpected = (
  folder: string,
  capture: string,
  flows: readonly ReplayFlow[],
): Verdict | undefined => {
  const found = FILES[capture]
  const path = found && join(folder, 'expected', found[0])
  return path !== undefined && existsSync(path)
    ? found?.[1](flows, readFileSync(path, 'utf8'))
    : undefined
}
