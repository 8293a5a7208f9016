/** NetBIOS names as Windows, Samba and attackers send them. */
import { describe, expect, it } from 'vitest'
import { decodeFrame } from './decode-frame.ts'
import {
  address,
  decode,
  join,
  mac,
  MAC_B,
  META,
  nameMessage,
  netbiosName,
  record,
  text,
  u16,
  udpFrame,
  type NameMessage,
} from './observe-rig.ts'

const [NB, NBSTAT] = [0x20, 0x21]
const NAME = netbiosName('OFFICE-PC', 0)
const ASKED = join(NAME, ...u16(NB), ...u16(1))
const POINTER = Uint8Array.of(0xc0, 12)
const read = (message: NameMessage) => decode('name', udpFrame(137, 137, nameMessage(message)))
const ownName = (name: string, suffix: number, flags: number) =>
  join(text(name.padEnd(15)), suffix, ...u16(flags))

describe('NetBIOS name service', () => {
  it('gives the name that is asked for', () => {
    expect(read({ id: 5, flags: 0x0110, questions: [ASKED] })).toMatchObject({
      protocol: 'NBNS',
      id: 5,
      isResponse: false,
      questions: [{ name: 'OFFICE-PC', type: NB }],
      hosts: [],
      incomplete: false,
    })
  })

  it('gives the name and address that a host registers, by a pointer', () => {
    const additional = [record(POINTER, NB, 300, ...u16(0), address('192.0.2.9'))]
    expect(read({ flags: 0x2910, questions: [ASKED], additional }).hosts).toEqual([
      { name: 'OFFICE-PC', addresses: ['192.0.2.9'], ttlSeconds: 300, suffix: 0, group: false },
    ])
  })

  it('gives all addresses of an answer for a group', () => {
    const one = (last: number) => join(...u16(0x8000), 192, 0, 2, last)
    const answers = [record(netbiosName('WORKGROUP', 0x1c), NB, 60, one(1), one(2))]
    expect(read({ flags: 0x8500, answers })).toMatchObject({
      isResponse: true,
      hosts: [{ addresses: ['192.0.2.1', '192.0.2.2'], suffix: 0x1c, group: true }],
    })
  })

  it('gives names and MAC of a node status', () => {
    const names = join(2, ownName('OFFICE-PC', 0x20, 0x0400), ownName('WORKGROUP', 0, 0x8400))
    const answers = [record(NAME, NBSTAT, 0, names, mac(MAC_B), new Uint8Array(40))]
    expect(read({ flags: 0x8400, answers })).toMatchObject({
      unitMac: MAC_B,
      hosts: [
        { name: 'OFFICE-PC', addresses: [], suffix: 0x20, group: false },
        { name: 'WORKGROUP', addresses: [], suffix: 0, group: true },
      ],
      incomplete: false,
    })
  })

  it('reads over a scope', () => {
    const scoped = join(NAME.subarray(0, -1), 3, text('lan'), 0, ...u16(NB), ...u16(1))
    expect(read({ flags: 0, questions: [scoped, ASKED] }).questions).toHaveLength(2)
  })

  it.each<[what: string, message: NameMessage]>([
    [
      'a name of other letters',
      { questions: [join(32, new Uint8Array(32).fill(0x61), 0, 0, 32, 0, 1)] },
    ],
    [
      'a name of other length',
      { questions: [join(5, text('PLAIN'), 0, 0, 32, 0, 1, new Uint8Array(40))] },
    ],
    ['a pointer to itself', { answers: [record(POINTER, NB, 1, new Uint8Array(40))] }],
    [
      'a status of more names than there are',
      { answers: [record(NAME, NBSTAT, 0, 9, ownName('A', 0, 0))] },
    ],
    ['a status of none', { answers: [record(NAME, NBSTAT, 0)] }],
    ['too many questions', { questions: Array.from({ length: 5 }, () => ASKED) }],
  ])('says that it is incomplete with %s', (_what, message) => {
    expect(read(message).incomplete).toBe(true)
  })

  it('is nothing without a header', () => {
    expect(decodeFrame(udpFrame(137, 137, new Uint8Array(11)), 14, META)).toBeUndefined()
  })
})
