/** What is said of captured packets. */
import { expect, test } from 'vitest'
import { createFakeFlowTable } from '../flows/fake-flow-table.ts'
import { captured, type FakeRecord } from './fake-tap.ts'
import { createPacketComments } from './packet-comment.ts'

const BYTES = new Uint8Array(60)
const process = (command: string, pid: number) => ({ command, pid, uid: 0 })

const create = () => {
  const table = createFakeFlowTable(8)
  const packet = {
    src: '10.0.0.1',
    dst: '10.0.0.2',
    srcPort: 4000,
    dstPort: 443,
    protocol: 6,
    ifindex: 2,
  }
  table.packet({ ...packet, timeNs: 36 })
  const slot = table.slotOf(packet) ?? -1
  const owners = { asked: 0, lo: process('curl', 4711) as ReturnType<typeof process> | undefined }
  const comments = createPacketComments({
    agent: 'vm',
    slots: table.slots,
    handedOut: () => table.handedOut(),
    owners: () => {
      owners.asked++
      return [owners.lo, undefined]
    },
  })
  const of = (record: Partial<FakeRecord>) =>
    Buffer.from(comments.of(captured({ bytes: BYTES, slot, ...record }))).toString()
  return { comments, of, owners, slot }
}

test('name the program at its endpoint, whoever sends, and the flow', () => {
  const { of, slot } = create()
  const flow = `TCP flow vm-${slot}-10`
  expect(of({})).toBe(`curl[4711] 10.0.0.1:4000 > 10.0.0.2:443 ${flow}`)
  const back = { src: '10.0.0.2', dst: '10.0.0.1', srcPort: 443, dstPort: 4000 }
  expect(of(back)).toBe(`10.0.0.2:443 > curl[4711] 10.0.0.1:4000 ${flow}`)
})

test('say the verdict unless it is PASS, and how many segments a super-packet has', () => {
  const { of } = create()
  expect(of({ verdict: 1 })).toMatch(/ verdict DROP$/)
  expect(of({ segments: 44 })).toMatch(/ 44 segments in one$/)
})

test('claim no flow and no program for a packet whose slot has another flow by now', () => {
  const { of } = create()
  expect(of({ srcPort: 4001 })).toBe('10.0.0.1:4001 > 10.0.0.2:443 TCP')
  expect(of({ ifindex: 3 })).toBe('10.0.0.1:4000 > 10.0.0.2:443 TCP')
  expect(of({ slot: 0xffffffff })).toBe('10.0.0.1:4000 > 10.0.0.2:443 TCP')
})

test('write IPv6 in brackets, and no ports where there are none', () => {
  const { of } = create()
  const six = { src: '2001:db8::1', dst: '2001:db8::2' }
  expect(of(six)).toBe('[2001:db8::1]:4000 > [2001:db8::2]:443 TCP')
  expect(of({ ...six, protocol: 58 })).toBe('2001:db8::1 > 2001:db8::2 ICMPv6')
})

test('are made once for a flow until they are forgotten', () => {
  const { comments, of, owners } = create()
  owners.lo = undefined
  for (let i = 0; i < 5; i++) of({})
  expect(owners.asked).toBe(1)
  owners.lo = process('curl', 4711)
  expect(of({})).not.toContain('curl')
  comments.forget()
  expect(of({})).toContain('curl[4711]')
})
