/** From any frame to its payload: tags, missing link headers, options, extension headers, fragments, cut ends. */
import { describe, expect, it } from 'vitest'
import { ethernet, ip, otherPayload, tcp, udp } from '../mock/packet.ts'
import { decodeFrame } from './decode-frame.ts'
import { arp, decode, dhcp, join, META, ndpFrame, nameMessage, udpFrame } from './observe-rig.ts'

const V4 = { src: '192.0.2.1', dst: '192.0.2.2' }
const V6 = { src: 'fe80::1', dst: 'ff02::1' }
const NS = join(135, 0, 0, 0, 0, 0, 0, 0, new Uint8Array(16))
const options = (next: number, ...rest: number[]) => [next, 0, 1, 4, 0, 0, 0, 0, ...rest]
const tagged = (...vlans: number[]) => ethernet(arp(), { vlans, etherType: 0x0806 })
const bare = (frame: Uint8Array) => decodeFrame(frame, 0, META)

describe('frame', () => {
  it.each([
    [tagged(), 0, 0, 0],
    [tagged(7), 0, 7, 0],
    [tagged(7, 8), 0, 7, 8],
    [tagged(0), 0, 0, 0],
    [tagged(0, 8), 0, 8, 0],
    [tagged(8), 7, 7, 8],
    [tagged(), 7, 7, 0],
  ])('knows its VLANs (%#)', (frame, stripped, vlan, innerVlan) => {
    const meta = { ...META, vlan: stripped }
    expect(decodeFrame(frame, 14, meta)).toMatchObject({ vlan, innerVlan })
  })

  it('is not read behind a third tag', () => {
    expect(decodeFrame(tagged(7, 8, 9), 14, META)).toBeUndefined()
  })

  it('may begin with IP, and then has no MACs', () => {
    const message = nameMessage({})
    expect(bare(ip(V4, udp(5353, 5353, message)))).toMatchObject({ srcMac: '', dstMac: '', ...V4 })
    expect(bare(ip(V6, udp(5353, 5353, message)))).toMatchObject({ srcMac: '', dstMac: '', ...V6 })
    expect(bare(arp())).toBeUndefined()
  })

  it('is read over IPv4 options and IPv6 extension headers', () => {
    const message = udp(5353, 5353, nameMessage({ id: 9 }))
    const withOptions = ip({ ...V4, options: new Uint8Array(8) }, message)
    expect(bare(withOptions)).toMatchObject({ kind: 'name', id: 9, incomplete: false })
    for (const chain of [options(58), options(60, ...options(58)), [58, 1, ...new Uint8Array(14)]])
      expect(bare(ip({ ...V6, ttl: 255 }, otherPayload(0, join(...chain, NS))))).toMatchObject({
        kind: 'ndp',
        message: 'NS',
        fragmented: false,
      })
    const authenticated = join(58, 4, ...new Uint8Array(22), NS)
    expect(bare(ip(V6, otherPayload(51, authenticated)))).toMatchObject({ message: 'NS' })
  })

  it('is not read behind a ninth extension header', () => {
    const chain = (length: number) =>
      join(...Array.from({ length }, (_, i) => options(i === length - 1 ? 58 : 60)).flat(), NS)
    expect(bare(ip(V6, otherPayload(60, chain(8))))).toMatchObject({ message: 'NS' })
    expect(bare(ip(V6, otherPayload(60, chain(9))))).toBeUndefined()
  })

  it('of fragments only the first is read, and said to be incomplete', () => {
    const part = (offset: number, more: boolean) =>
      bare(ip({ ...V6, fragment: { offset, more } }, otherPayload(58, NS)))
    expect(part(0, true)).toMatchObject({ fragmented: true, incomplete: true })
    expect(part(0, false)).toMatchObject({ fragmented: true, incomplete: false })
    expect(part(8, false)).toBeUndefined()
    const v4 = (offset: number) =>
      bare(ip({ ...V4, fragment: { offset, more: true } }, udp(5353, 5353, nameMessage({}))))
    expect(v4(0)).toMatchObject({ kind: 'name', incomplete: true })
    expect(v4(8)).toBeUndefined()
  })

  it('says where its end is missing, and does not take padding for payload', () => {
    const frame = udpFrame(68, 67, dhcp())
    expect(decode('dhcp', frame).incomplete).toBe(false)
    expect(decode('dhcp', frame.subarray(0, frame.length - 1)).incomplete).toBe(true)
    expect(decode('ndp', join(ndpFrame(133, 0, new Uint8Array(0)), 1, 0, 9)).incomplete).toBe(false)
  })

  it('of other traffic is nothing', () => {
    for (const packet of [
      ip(V4, tcp({ srcPort: 5353, dstPort: 5353, flags: 2 })),
      ip(V4, udp(53, 1234, nameMessage({}))),
      ip(V4, udp(547, 546, dhcp())),
      ip(V6, udp(68, 67, dhcp())),
      ip(V4, otherPayload(58, NS)),
      ip(V4, otherPayload(17, new Uint8Array(7))),
      new Uint8Array(0),
    ])
      expect(bare(packet)).toBeUndefined()
  })
})
