/** Compares flows with tshark; a difference is accepted only where a cause of it is seen in the capture. */
import { type Conversations, type Difference, differences } from './conversations.ts'
import { byAddress, byPorts, type Replayed } from './our-flows.ts'
import { tsharkConversations, tsharkFrames, type TsharkFrames } from './tshark.ts'

export interface Findings {
  agreed: string[]
  explained: string[]
  unexplained: string[]
}

/** Packets and L3 bytes by address pair, packets by 5-tuple, malformed packets. */
export const compareWithTshark = (path: string, replayed: Replayed): Findings => {
  const { flows, summary } = replayed
  const findings: Findings = { agreed: [], explained: [], unexplained: [] }
  const frames = tsharkFrames(path)
  const conversations = tsharkConversations(path)
  const note = (line: string, cause: string | undefined): void => {
    if (cause === undefined) findings.unexplained.push(line)
    else findings.explained.push(`${line} (${cause})`)
  }
  if (frames.frames !== summary.packets)
    note(`${summary.packets} packets, tshark has ${frames.frames} frames`, undefined)
  if (frames.unreadable !== summary.malformed)
    note(
      `${summary.malformed} malformed, tshark can't read ${frames.unreadable}`,
      bogus(frames, summary.malformed - frames.unreadable),
    )
  const twice = summary.notCounted['seen at the other hook'] ?? 0
  const addresses = byAddress(flows)
  for (const difference of differences(addresses, frames.byAddress, ['packets', 'bytes']))
    note(
      textOf(difference),
      causeOfAddresses(frames, addresses, difference.key) ?? seenTwice(twice),
    )
  const ports = byPorts(flows)
  const wrong = differences(ports, conversations, ['packets'])
  for (const difference of wrong)
    note(
      textOf(difference),
      causeOfPorts(frames, ports, conversations, difference.key) ?? seenTwice(twice),
    )
  const equal = conversations.size - wrong.filter(({ theirs }) => theirs !== 'none').length
  findings.agreed.push(
    `tshark: ${frames.byAddress.size} address pairs, ${equal} of ${conversations.size} conversations equal`,
  )
  return findings
}

const textOf = ({ key, ours, theirs }: Difference): string =>
  `${key}: ours ${ours}, tshark ${theirs}`

/** We count a packet whose total length is less than its header; tshark reads a version 6 as IPv6 anywhere. */
const bogus = (frames: TsharkFrames, packets: number): string | undefined =>
  Math.abs(packets) <= frames.bogus ? 'a header that tshark calls bogus' : undefined

/** In a capture of all interfaces a forwarded packet is there on its way in and on its way out. */
const seenTwice = (packets: number): string | undefined =>
  packets > 0 ? 'packets seen on their way in and out, which we count once' : undefined

const packetsBetween = (conversations: Conversations, key: string): number => {
  const { packets } = conversations.get(key) ?? { packets: [0, 0] }
  return packets[0] + packets[1]
}

const causeOfAddresses = (
  frames: TsharkFrames,
  ours: Conversations,
  key: string,
): string | undefined => {
  const [a, b] = [ours.get(key)?.packets.join(), frames.byAddress.get(key)?.packets.join()]
  if (a !== b)
    return bogus(frames, packetsBetween(ours, key) - packetsBetween(frames.byAddress, key))
  return frames.damaged.has(key) ? 'an IP header claims more than its frame has' : undefined
}

/** `TCP a:1 b:2` → the key of its addresses. */
const addressKey = (key: string): string => {
  const [, a = '', b = ''] = key.split(' ')
  const address = (endpoint: string) => endpoint.slice(0, endpoint.lastIndexOf(':'))
  const [first = '', second = ''] = [address(a), address(b)].toSorted()
  return `IP ${first} ${second}`
}

const causeOfPorts = (
  frames: TsharkFrames,
  ours: Conversations,
  theirs: Conversations,
  key: string,
): string | undefined => {
  const pair = addressKey(key)
  if (frames.fragments.has(pair)) return 'fragments: tshark counts a datagram once'
  if (frames.cutOff.has(pair)) return 'headers cut off by the snap length, which tshark leaves out'
  if (frames.damaged.has(pair)) return 'damaged headers, which tshark leaves out'
  return bogus(frames, packetsBetween(ours, key) - packetsBetween(theirs, key))
}
