/** Which events a filter lets through, and what of it the server is asked. */
import { describe, expect, it } from 'vitest'
import {
  completeAddress,
  eventMatcher,
  eventQuery,
  NO_FILTER,
  readEventFilter,
} from './event-filter.ts'
import type { PacketEvent } from './packet-event.ts'

const event: PacketEvent = {
  time: '12:00:00.000',
  seq: 1,
  src: '10.0.0.1',
  dst: '1.1.1.10',
  proto: 'UDP',
  action: 'PASS',
  direction: 'EGRESS',
  srcPort: 40000,
  dstPort: 53,
  length: 60,
  packets: 1,
  interface: 'eth0',
  vlan: 0,
  tcpFlags: 0,
}
const matches = (part: Partial<typeof NO_FILTER>) => eventMatcher({ ...NO_FILTER, ...part })(event)

describe('the event filter', () => {
  it('takes a complete address exactly, and a beginning as a beginning', () => {
    expect(matches({ address: '1.1.1.1' })).toBe(false)
    expect(matches({ address: '1.1.1.10' })).toBe(true)
    expect(matches({ address: '1.1.' })).toBe(true)
    expect(matches({ address: '0.0.1' })).toBe(false)
  })

  it('finds a port on either side and demands every condition', () => {
    expect(matches({ port: '53', proto: 'UDP', action: 'PASS', direction: 'EGRESS' })).toBe(true)
    expect(matches({ port: '40000', proto: 'TCP' })).toBe(false)
    expect(matches({ port: '5' })).toBe(false)
    expect(matches({ action: 'DROP' })).toBe(false)
  })

  it('asks the server only what it can judge', () => {
    expect(
      eventQuery(readEventFilter(new URLSearchParams('address=10.&port=99999&proto=TCP'))),
    ).toBe('proto=TCP')
    expect(eventQuery({ ...NO_FILTER, address: 'FD00:0::1', port: '053' })).toBe(
      'ip=fd00%3A%3A1&port=53',
    )
  })

  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['1.2.3.400', undefined],
    ['1.2.3', undefined],
    ['2001:DB8:0:0::5', '2001:db8::5'],
    ['2001:db8:', undefined],
    ['', undefined],
  ])('reads %j as the complete address %j', (text, address) =>
    expect(completeAddress(text)).toBe(address),
  )
})
