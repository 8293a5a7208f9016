/** QUIC Initial packets: the RFCs' own, and ones that break every rule. */
import { describe, expect, it } from 'vitest'
import { joined } from './fake-client-hello.ts'
import { cryptoFrame, sealInitial, V2 } from './fake-quic-client.ts'
import {
  RFC9001_CLIENT_INITIAL,
  RFC9369_CLIENT_INITIAL,
  RFC_CRYPTO_FRAME,
} from './fixtures/rfc-client-initials.ts'
import { findInitials, openInitial, visitCrypto } from './quic-initial.ts'
import { clientInitialKeys } from './quic-keys.ts'

const FRAMES = joined(RFC_CRYPTO_FRAME, new Uint8Array(917))

const open = (datagram: Uint8Array) =>
  findInitials(datagram).map((packet) => {
    const frames = openInitial(
      datagram,
      packet,
      clientInitialKeys(packet.version, packet.connectionId),
    )
    return frames && Buffer.from(frames)
  })

const cryptoOf = (...frames: (number[] | Uint8Array)[]) => {
  const seen: [number, string][] = []
  visitCrypto(joined(...frames), (offset, bytes) =>
    seen.push([offset, Buffer.from(bytes).toString('latin1')]),
  )
  return seen
}

describe('QUIC Initial', () => {
  it('opens the packets of RFC 9001 A.2 and RFC 9369 A.2', () => {
    expect(open(RFC9001_CLIENT_INITIAL)).toEqual([Buffer.from(FRAMES)])
    expect(open(RFC9369_CLIENT_INITIAL)).toEqual([Buffer.from(FRAMES)])
    expect(Buffer.from(sealInitial({ frames: FRAMES }))).toEqual(RFC9001_CLIENT_INITIAL)
    expect(Buffer.from(sealInitial({ frames: FRAMES, version: V2 }))).toEqual(
      RFC9369_CLIENT_INITIAL,
    )
  })

  it('opens packets with a token, with any length of packet number and of connection id', () => {
    const frames = joined(cryptoFrame(0, Buffer.from('hello')), new Uint8Array(30))
    for (const numberBytes of [1, 2, 3, 4])
      for (const length of [0, 1, 20]) {
        const connectionId = new Uint8Array(length).fill(9)
        const token = new Uint8Array(length)
        const packet = { frames, numberBytes, packetNumber: 200, connectionId, token }
        expect(open(sealInitial(packet))).toEqual([Buffer.from(frames)])
      }
  })

  it('finds the Initials among the packets of a datagram', () => {
    const one = sealInitial({ frames: FRAMES })
    const zeroRtt = Uint8Array.from(one)
    zeroRtt[0] = 0xd0
    // The token is an Initial's only: what was its length is now the packet's.
    const handshake = joined([0xe0, 0, 0, 0, 1, 0, 0, 4, 1, 2, 3, 4])
    const short = joined([0x40, 1, 2, 3])
    expect(open(joined(handshake, one, handshake, one, short, one))).toHaveLength(2)
    const retry = joined([0xf0, 0, 0, 0, 1, 0, 0, 4, 1, 2, 3, 4])
    expect(findInitials(joined(retry, one))).toEqual([])
    expect(findInitials(zeroRtt)).toEqual([])
  })

  it('opens nothing that was changed or cut anywhere', () => {
    const whole = sealInitial({
      frames: joined(cryptoFrame(0, Buffer.from('x')), new Uint8Array(30)),
    })
    for (let i = 0; i < whole.length; i++) {
      const damaged = Uint8Array.from(whole)
      damaged[i]! ^= 0x81
      expect(
        open(damaged).filter((frames) => frames !== undefined),
        String(i),
      ).toEqual([])
      expect(open(whole.subarray(0, i)).filter((frames) => frames !== undefined)).toEqual([])
    }
  })

  it('takes no connection id of more than 20 bytes, and no other version', () => {
    const frames = new Uint8Array(40)
    expect(findInitials(sealInitial({ frames, connectionId: new Uint8Array(21) }))).toEqual([])
    const draft = Uint8Array.from(RFC9001_CLIENT_INITIAL)
    draft.set([0xff, 0, 0, 29], 1)
    expect(findInitials(draft)).toEqual([])
  })
})

describe('CRYPTO frames', () => {
  const crypto = cryptoFrame(3, Buffer.from('abc'))

  it('are found between padding, pings and acknowledgements', () => {
    const ack = [2, 9, 0, 1, 0, 0x40, 5, 1]
    const ackEcn = [3, 9, 0, 0, 0, 1, 2, 3]
    const seen = cryptoOf([0, 1, 0], crypto, ack, [1], crypto, ackEcn, crypto)
    expect(seen).toEqual([
      [3, 'abc'],
      [3, 'abc'],
      [3, 'abc'],
    ])
  })

  it('are not read on behind a frame that is foreign, cut, or endless', () => {
    expect(cryptoOf(crypto, [8], crypto)).toHaveLength(1)
    expect(cryptoOf(crypto, crypto.subarray(0, -1))).toHaveLength(1)
    expect(cryptoOf([2, 9, 0, 0xff, 255, 255, 255, 255, 255, 255, 255, 0], crypto)).toEqual([])
    expect(cryptoOf([6], [0xc0])).toEqual([])
  })
})
