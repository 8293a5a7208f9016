/** What flow records tell about devices: that they are there, how much they send, which ports answer. */
import { ENRICHMENT } from '@netscope/core/enrichment.ts'
import type { FlowReader, Side } from '@netscope/core/flow-record.ts'
import { KEY, PATH_EGRESS, PATH_FORWARDED, PATH_SEEN, SLOT } from '@netscope/core/slot.ts'
import { createBandwidth } from './bandwidth.ts'
import { dropOldest, MOST, seen } from './device.ts'
import type { Device, DeviceAddress } from './device.ts'
import type { DeviceIndex } from './device-index.ts'
import { isUnicast } from '@netscope/core/local-networks.ts'
import type { LocalNetworks } from '@netscope/core/local-networks.ts'
import { roleOfPort } from './roles.ts'
import type { RoleName } from './roles.ts'

export interface FlowSightingsDeps {
  index: DeviceIndex
  networks: LocalNetworks
  /** Whether packets are counted at another interface too: those of a bridge. */
  isCountedElsewhere(ifindex: number): boolean
  setName(device: Device, name: string, atMs: number): void
  addRole(device: Device, role: RoleName, detail: string, atMs: number): void
  /** It was seen again: may be kept later. */
  onSeen(device: Device): void
  onChange(device: Device): void
}

/** A flow of which nothing is known before, and that is older, was counted by somebody else up to here. */
const NEW_WITHIN_NS = 15e9
/** An address that is not seen where it was may have moved to another interface. */
const MOVED_AFTER_MS = 60_000
/** UDP has no handshake: above it, who asked and who answered is a guess (RFC 6335 section 6: from 49152; Linux: from 32768). */
const FIRST_EPHEMERAL = 32_768
const [TCP, UDP] = [6, 17]
/** Of `end` in a record. */
const END_AT = 4

export type FlowSightings = (
  record: FlowReader,
  before: FlowReader | undefined,
  nowMs: number,
) => void

/** `before`: the record that was the last of this slot, perhaps of another flow. */
export const createFlowSightings = (deps: FlowSightingsDeps): FlowSightings => {
  const { index, networks } = deps

  const find = (r: FlowReader, side: Side, nowMs: number): DeviceAddress | undefined => {
    const at = r.address(side)
    const known = index.ofBytes(r.view, at)
    if (known) return known
    if (r.pair64(SLOT.packets, side) === 0) return undefined
    const isDevice = networks.isLocal(r.view, at) || (isOwn(r, side) && isUnicast(r.view, at))
    return isDevice ? index.meetBytes(r.view, at, nowMs) : undefined
  }

  const count = (entry: DeviceAddress, ifindex: number, tx: number, rx: number, atMs: number) => {
    if (tx + rx === 0 || deps.isCountedElsewhere(ifindex)) return
    const isElsewhere = entry.ifindex !== 0 && entry.ifindex !== ifindex
    if (isElsewhere && atMs - entry.countedMs < MOVED_AFTER_MS) return
    entry.ifindex = ifindex
    entry.countedMs = Math.max(entry.countedMs, atMs)
    entry.device.bandwidth ??= createBandwidth()
    entry.device.bandwidth.add(tx, rx, atMs)
  }

  const answers = ({ device }: DeviceAddress, r: FlowReader, atMs: number): void => {
    const protocol = answeringProtocol(r)
    if (!protocol) return
    const port = r.port('dst')
    const name = `${protocol} ${port}`
    const known = device.ports.get(name)
    if (known) {
      known.lastSeenMs = Math.max(known.lastSeenMs, atMs)
      return
    }
    device.ports.set(name, { protocol, port, firstSeenMs: atMs, lastSeenMs: atMs })
    dropOldest(device.ports, MOST.ports)
    const role = roleOfPort(name)
    if (role) deps.addRole(device, role, `answers on ${name}`, atMs)
    deps.onChange(device)
  }

  return (r, before, nowMs) => {
    const known = before && isSameFlow(r, before) ? before : undefined
    if (isSameAddress(r)) return
    // What a record says again is not looked at again: a second has a hundred thousand of them.
    const isNews = known === undefined || r.view.getUint32(r.at + END_AT, true) !== 0
    const isBaseKnown = known !== undefined || r.lastNs() - r.firstNs() < NEW_WITHIN_NS
    const atMs = Math.floor(Math.min(nowMs, r.context.wallOffsetMs + r.lastNs() / 1e6))
    const ifindex = r.view.getUint32(r.key + KEY.ifindex, true)
    const sent = {
      src: r.pair64(SLOT.bytes, 'src') - (known?.pair64(SLOT.bytes, 'src') ?? 0),
      dst: r.pair64(SLOT.bytes, 'dst') - (known?.pair64(SLOT.bytes, 'dst') ?? 0),
    }
    if (sent.src === 0 && sent.dst === 0 && known) return
    for (const side of SIDES) {
      const entry = find(r, side, atMs)
      if (!entry) continue
      const { device } = entry
      if (sent[side] > 0) {
        entry.lastSeenMs = Math.max(entry.lastSeenMs, atMs)
        seen(device, atMs)
        deps.onSeen(device)
        if (isNews && isOwn(r, side)) deps.addRole(device, 'this host', 'the agent runs here', atMs)
      }
      const other = side === 'src' ? 'dst' : 'src'
      if (isBaseKnown) count(entry, ifindex, sent[side], sent[other], atMs)
      if (side === 'dst' && (isNews || !answeringProtocol(known))) answers(entry, r, atMs)
      const nameId = r.extra32(ENRICHMENT.name, side)
      if (nameId === 0 || (!isNews && nameId === known.extra32(ENRICHMENT.name, side))) continue
      const name = r.text(ENRICHMENT.name, side)
      if (name !== '') deps.setName(device, name, atMs)
    }
  }
}

const SIDES: readonly Side[] = ['src', 'dst']

/** Sent by this host itself: it went out, and had not come in before. */
export const isOwn = (r: FlowReader, side: Side): boolean =>
  (r.pair8(SLOT.path, side) & (PATH_SEEN | PATH_EGRESS | PATH_FORWARDED)) ===
  (PATH_SEEN | PATH_EGRESS)

/** How the destination answers on its port, if it does and the port is its own. */
const answeringProtocol = (r: FlowReader): 'TCP' | 'UDP' | undefined => {
  const protocol = r.view.getUint8(r.key + KEY.protocol)
  if (protocol === TCP) return r.pair32(SLOT.synAck, 'dst') > 0 ? 'TCP' : undefined
  const isAnswered = r.pair64(SLOT.packets, 'dst') > 0 && r.port('dst') < FIRST_EPHEMERAL
  return protocol === UDP && isAnswered && r.port('dst') > 0 ? 'UDP' : undefined
}

/** Of the same slot: no two flows in it begin at the same nanosecond and have the same ports. */
const isSameFlow = (a: FlowReader, b: FlowReader): boolean =>
  a.view.getUint32(a.key + KEY.loPort) === b.view.getUint32(b.key + KEY.loPort) &&
  a.firstNs() === b.firstNs()

/** A host that talks to itself. */
const isSameAddress = ({ view, key }: FlowReader): boolean => {
  for (let at = 0; at < 16; at += 4)
    if (view.getUint32(key + KEY.loAddr + at) !== view.getUint32(key + KEY.hiAddr + at))
      return false
  return true
}
