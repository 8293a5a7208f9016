/** Flows joined with the sockets of this host, on both sides and while 5-tuples and rows are used again. */
import { describe, expect, it } from 'vitest'
import { CONNECT_OUTCOMES, ENRICHMENT, ENRICHMENT_BYTES } from '@netscope/core/enrichment.ts'
import { OWNER_WORDS } from '../flows/slot-words.ts'
import { createFakeFlowTable, type FakePacket } from '../flows/fake-flow-table.ts'
import { createFlowMemory } from '../flows/flow-memory.ts'
import { capturedOwner } from '../sockets/captured-owner.ts'
import { createFakeSocketTable } from '../sockets/fake-socket-table.ts'
import { createProcessIds } from '../sockets/process-ids.ts'
import { ROLE_CLIENT, ROLE_SERVER } from '../sockets/socket-slot.ts'
import { createSocketTracker } from '../sockets/socket-tracker.ts'
import { createFlowEnrichment } from './flow-enrichment.ts'

const LINGER_TICKS = 15
const SYN = 2
const RST = 4

/** Ids of processes are their pids. */
const createRig = () => {
  const flows = createFakeFlowTable(16)
  const memory = createFlowMemory(flows)
  const sets = [createFakeSocketTable(16), createFakeSocketTable(16)].map((table) => {
    const tracker = createSocketTracker(table)
    const owners = createProcessIds(tracker, { process: ({ pid }) => pid }, (row) => {
      const { pid = 0 } = capturedOwner(tracker.words, row) ?? {}
      return pid === 0 ? undefined : { process: { pid, uid: 0, command: '' }, later: false }
    })
    return { table, tracker, owners }
  })
  const others: number[] = []
  const enrichment = createFlowEnrichment({
    memory,
    sockets: { sets },
    others: [(slot) => void others.push(slot)],
  })
  const view = new DataView(memory.enrichment.buffer)
  const [{ table: sockets, tracker }, old] = [sets[0]!, sets[1]!]
  return {
    flows,
    memory,
    enrichment,
    sockets,
    tracker,
    old,
    others,
    tick: (times = 1) => {
      for (let i = 0; i < times; i++)
        for (const set of sets) {
          set.tracker.tick()
          set.owners.tick()
        }
    },
    packet: (packet: FakePacket): number => {
      flows.packet(packet)
      return flows.slotOf(packet)!
    },
    sender: (slot: number, side: 0 | 1, cookie: number) =>
      (memory.owners[slot * OWNER_WORDS + 2 * side] = cookie),
    /** What is known of a slot's flow after a refresh. */
    known: (slot: number) => {
      enrichment.refresh(slot)
      const at = slot * ENRICHMENT_BYTES
      const pair32 = (offset: number) => [0, 4].map((i) => view.getUint32(at + offset + i, true))
      const pair64 = (offset: number) =>
        [0, 8].map((i) => Number(view.getBigUint64(at + offset + i, true)))
      return {
        process: pair32(ENRICHMENT.process),
        retransmits: pair32(ENRICHMENT.retransmits),
        sent: pair64(ENRICHMENT.sentBytes),
        received: pair64(ENRICHMENT.receivedBytes),
        tcpState: [0, 1].map((i) => view.getUint8(at + ENRICHMENT.tcpState + i)),
        outcome: CONNECT_OUTCOMES[view.getUint8(at + ENRICHMENT.outcome)],
        connectUs: view.getUint32(at + ENRICHMENT.connectUs, true),
        flags: view.getUint8(at + ENRICHMENT.flags),
      }
    },
  }
}

const LO = { local: '10.0.0.1', localPort: 50_000, remote: '10.0.0.2', remotePort: 80 }
const HI = { local: '10.0.0.2', localPort: 80, remote: '10.0.0.1', remotePort: 50_000 }
const PACKET = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 50_000, dstPort: 80, flags: SYN }

describe('a flow', () => {
  it('has the sockets of both its sides, by 5-tuple', () => {
    const { sockets, packet, tick, known, others } = createRig()
    const slot = packet(PACKET)
    sockets.open({ ...LO, pid: 7, sent: 2 ** 40, received: 2, retransmits: 3 })
    sockets.open({ ...HI, pid: 8, sent: 2, received: 2 ** 40, role: ROLE_SERVER, tcpState: 8 })
    tick()
    expect(known(slot)).toMatchObject({
      process: [7, 8],
      retransmits: [3, 0],
      sent: [2 ** 40, 2],
      received: [2, 2 ** 40],
      tcpState: [1, 8],
      flags: 0,
    })
    expect(others).toEqual([slot])
  })

  it('has a datagram socket by the cookie of its packets only, and nothing of TCP', () => {
    const { sockets, packet, sender, tick, known } = createRig()
    const slot = packet({ ...PACKET, protocol: 17, flags: 0 })
    sockets.open({ ...HI, protocol: 17, cookie: 70n, pid: 9, sent: 5 })
    tick()
    expect(known(slot)).toMatchObject({ process: [0, 0] })
    sender(slot, 1, 70)
    expect(known(slot)).toMatchObject({ process: [0, 9], sent: [0, 0], tcpState: [0, 0] })
  })

  it('is found by cookie where the socket sees other addresses (a translation)', () => {
    const { sockets, packet, sender, tick, known } = createRig()
    const slot = packet(PACKET)
    sockets.open({ ...LO, remote: '203.0.113.1', cookie: 70n, pid: 9 })
    sender(slot, 0, 70)
    tick()
    expect(known(slot).process).toEqual([9, 0])
  })

  it('may have a socket that is older than the programs', () => {
    const { old, packet, tick, known } = createRig()
    const slot = packet(PACKET)
    old.table.open({ ...HI, pid: 5, sent: 4 })
    tick()
    expect(known(slot)).toMatchObject({ process: [0, 5], sent: [0, 4] })
  })

  it('goes on with the next socket of its 5-tuple, and leaves the first one’s process', () => {
    const { sockets, packet, sender, tick, known } = createRig()
    const slot = packet(PACKET)
    const first = sockets.open({ ...LO, cookie: 70n, pid: 7, sent: 100 })
    sender(slot, 0, 70)
    tick()
    expect(known(slot)).toMatchObject({ process: [7, 0], sent: [100, 0] })
    sockets.close(first)
    sockets.open({ ...LO, cookie: 71n, pid: 0, sent: 5 })
    sender(slot, 0, 71)
    tick()
    expect(known(slot)).toMatchObject({ process: [0, 0], sent: [5, 0] })
  })

  it('keeps what it knew when the socket’s row is gone, and takes nothing of the row’s next', () => {
    const { sockets, packet, tick, known } = createRig()
    const slot = packet(PACKET)
    const row = sockets.open({ ...LO, pid: 7, sent: 100 })
    tick()
    known(slot)
    sockets.close(row)
    tick(LINGER_TICKS)
    expect(sockets.open({ ...HI, localPort: 81, pid: 8, sent: 3 })).toBe(row)
    tick()
    expect(known(slot)).toMatchObject({ process: [7, 0], sent: [100, 0] })
  })

  it('is forgotten with its slot', () => {
    const { sockets, packet, tick, known, enrichment, flows } = createRig()
    const slot = packet(PACKET)
    const row = sockets.open({ ...LO, pid: 7, sent: 100 })
    tick()
    known(slot)
    enrichment.forget(slot)
    sockets.close(row)
    tick(LINGER_TICKS)
    expect(known(slot)).toMatchObject({ process: [0, 0], sent: [0, 0], outcome: '' })
    const used: number[] = []
    enrichment.markUsed(flows.handedOut(), (id) => used.push(id))
    expect(used).toEqual([])
  })

  it('names the ids that it uses', () => {
    const { sockets, packet, tick, known, enrichment, flows } = createRig()
    sockets.open({ ...LO, pid: 7, sent: 100 })
    sockets.open({ ...HI, pid: 8 })
    tick()
    known(packet(PACKET))
    const used: number[] = []
    enrichment.markUsed(flows.handedOut(), (id) => used.push(id))
    expect(used).toEqual([7, 8])
  })

  it('says that bytes are traced when those of one side are', () => {
    const { sockets, packet, tracker, tick, known } = createRig()
    const slot = packet(PACKET)
    const row = sockets.open({ ...LO })
    sockets.open({ ...HI })
    tick()
    tracker.applicationBytes(row, 10, 20)
    expect(known(slot)).toMatchObject({ sent: [10, 0], received: [20, 0], flags: 1 })
  })
})

describe('a connect', () => {
  it('has its time and its outcome from the client', () => {
    const { sockets, packet, tick, known } = createRig()
    const slot = packet(PACKET)
    sockets.open({ ...LO, openedNs: 5_000_000, establishedNs: 5_020_000 })
    sockets.open({ ...HI, role: ROLE_SERVER, openedNs: 1, establishedNs: 900_000_000 })
    tick()
    expect(known(slot)).toMatchObject({ outcome: 'connected', connectUs: 20 })
  })

  it.each([
    ['refused', { rst: true, retransmits: 0 }, { refused: 1, timedOut: 0 }],
    ['timed-out', { rst: false, retransmits: 4 }, { refused: 0, timedOut: 1 }],
    ['aborted', { rst: false, retransmits: 0 }, { refused: 0, timedOut: 0 }],
  ])('that was %s is counted once, on however many interfaces', (outcome, how, totals) => {
    const { sockets, tracker, packet, tick, known } = createRig()
    const slots = [2, 3].map((ifindex) => {
      const slot = packet({ ...PACKET, ifindex })
      const { src, dst, srcPort, dstPort } = PACKET
      const answer = { src: dst, dst: src, srcPort: dstPort, dstPort: srcPort, ifindex }
      if (how.rst) packet({ ...answer, flags: RST })
      return slot
    })
    const row = sockets.open({ ...LO, role: ROLE_CLIENT, retransmits: how.retransmits })
    tick()
    for (const slot of slots) expect(known(slot).outcome).toBe('')
    sockets.close(row)
    tick()
    for (const slot of [...slots, ...slots]) expect(known(slot).outcome).toBe(outcome)
    expect(tracker.totals.now()).toMatchObject(totals)
  })
})
