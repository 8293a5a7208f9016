/** ARP as hosts, proxies and attackers send it. */
import { describe, expect, it } from 'vitest'
import { decodeFrame } from './decode-frame.ts'
import { arp, arpFrame, decode, MAC_A, MAC_B, META, NO_MAC, type ArpFields } from './observe-rig.ts'
import { ethernet } from '../mock/packet.ts'

const MAC_C = '02:00:00:00:00:0c'

describe('ARP', () => {
  it('gives all fields of a request', () => {
    expect(decode('arp', arpFrame({}))).toEqual({
      timeMs: 1_700_000_000_000,
      interface: 'eth0',
      ifindex: 2,
      vlan: 0,
      innerVlan: 0,
      direction: 'INGRESS',
      srcMac: MAC_A,
      dstMac: 'ff:ff:ff:ff:ff:ff',
      kind: 'arp',
      operation: 'request',
      senderMac: MAC_A,
      senderIp: '192.0.2.1',
      targetMac: NO_MAC,
      targetIp: '192.0.2.2',
      unicast: false,
      senderMismatch: false,
      targetMismatch: false,
      gratuitous: false,
      probe: false,
    })
  })

  it.each<[what: string, frame: Uint8Array, expected: object]>([
    [
      'a reply',
      arpFrame({ operation: 2, targetMac: MAC_B }, MAC_B),
      { operation: 'reply', unicast: true, targetMismatch: false, gratuitous: false },
    ],
    ['a sender that is not the frame’s', arpFrame({ senderMac: MAC_C }), { senderMismatch: true }],
    [
      'a reply to another than its target',
      arpFrame({ operation: 2, targetMac: MAC_C }, MAC_B),
      { targetMismatch: true },
    ],
    [
      'a reply to all, where the target says nothing',
      arpFrame({ operation: 2, targetMac: NO_MAC }),
      { targetMismatch: false, unicast: false },
    ],
    ['a request to one station', arpFrame({}, MAC_B), { unicast: true, targetMismatch: false }],
    [
      'an announcement',
      arpFrame({ targetIp: '192.0.2.1' }),
      { gratuitous: true, probe: false, operation: 'request' },
    ],
    ['a probe', arpFrame({ senderIp: '0.0.0.0' }), { probe: true, gratuitous: false }],
    [
      'a probe for nothing',
      arpFrame({ senderIp: '0.0.0.0', targetIp: '0.0.0.0' }),
      { probe: true, gratuitous: false },
    ],
    [
      'a reply from nobody',
      arpFrame({ operation: 2, senderIp: '0.0.0.0' }, MAC_B),
      { probe: false },
    ],
    ['the hardware type of IEEE 802', arpFrame({ hardwareType: 6 }), { senderMac: MAC_A }],
    [
      'a frame whose Ethernet addresses were not captured',
      arpFrame({ operation: 2 }, NO_MAC, NO_MAC),
      { srcMac: '', dstMac: '', senderMismatch: false, targetMismatch: false, unicast: false },
    ],
  ])('reads %s', (_what, frame, expected) => {
    expect(decode('arp', frame)).toMatchObject(expected)
  })

  it.each<[what: string, fields: ArpFields]>([
    ['long hardware addresses', { hardwareBytes: 255 }],
    ['long protocol addresses', { protocolBytes: 255 }],
    ['no addresses', { hardwareBytes: 0, protocolBytes: 0 }],
    ['another hardware', { hardwareType: 32 }],
    ['operation 0', { operation: 0 }],
    ['reverse ARP', { operation: 3 }],
  ])('discards %s', (_what, fields) => {
    expect(decodeFrame(arpFrame(fields), 14, META)).toBeUndefined()
  })

  it('discards what is cut off, and reads it from its last byte on', () => {
    const frame = ethernet(arp(), { etherType: 0x0806 }, false)
    for (let length = 0; length < frame.length; length++)
      expect(decodeFrame(frame.subarray(0, length), 14, META)).toBeUndefined()
    expect(decodeFrame(frame, 14, META)?.kind).toBe('arp')
  })
})
