/** Compares the flows of one capture with tshark and with what is published about it. */
import { join } from 'node:path'
import { differences } from './conversations.ts'
import { compareWithExpected } from './expected.ts'
import { byAddress, byPorts, type Replayed, runReplay, unbalanced } from './our-flows.ts'
import { tsharkConversations, tsharkFrames, type TsharkFrames } from './tshark.ts'

export interface Comparison {
  capture: string
  ok: boolean
  /** What was compared and found equal. */
  agreed: string[]
  /** Differences that have a cause, and those that have none. */
  explained: string[]
  unexplained: string[]
}

export const compareCapture = (
  folder: string,
  capture: string,
  withTshark: boolean,
): Comparison => {
  const result: Comparison = { capture, ok: true, agreed: [], explained: [], unexplained: [] }
  const path = join(folder, capture)
  const replayed = runReplay([path])
  const { flows, summary } = replayed
  const imbalance = unbalanced(replayed)
  if (imbalance !== undefined) result.unexplained.push(imbalance)
  result.agreed.push(`${summary.packets} packets, ${flows.length} flows`)
  if (withTshark) compareWithTshark(result, path, replayed)
  const verdict = compareWithExpected(folder, capture, flows)
  if (verdict) {
    result.unexplained.push(...verdict.wrong.map((line) => `${verdict.what}: ${line}`))
    if (verdict.wrong.length === 0) result.agreed.push(`${verdict.what}: ${verdict.compared} equal`)
  }
  result.ok = result.unexplained.length === 0
  return result
}

const compareWithTshark = (to: Comparison, path: string, { flows, summary }: Replayed): void => {
  const frames = tsharkFrames(path)
  if (frames.frames !== summary.packets)
    to.unexplained.push(`${summary.packets} packets, tshark has ${frames.frames} frames`)
  if (frames.unreadable !== summary.malformed)
    to.unexplained.push(`${summary.malformed} malformed, tshark can't read ${frames.unreadable}`)
  const ours = byAddress(flows)
  for (const { key, ours: a, theirs: b } of differences(ours, frames.byAddress, [
    'packets',
    'bytes',
  ])) {
    const samePackets = ours.get(key)?.packets.join() === frames.byAddress.get(key)?.packets.join()
    const line = `${key}: ours ${a}, tshark ${b}`
    if (samePackets && frames.damaged.has(key))
      to.explained.push(`${line} (an IP header claims more than its frame has)`)
    else to.unexplained.push(line)
  }
  const conversations = tsharkConversations(path)
  const wrong = differences(byPorts(flows), conversations, ['packets'])
  for (const { key, ours: a, theirs: b } of wrong)
    explainPorts(to, frames, key, `${key}: ours ${a}, tshark ${b}`)
  to.agreed.push(
    `tshark: ${frames.byAddress.size} address pairs, ${conversations.size - wrong.length} of ${conversations.size} conversations equal`,
  )
}

/** `TCP a:1 b:2` → the key of its addresses. */
const addressKey = (key: string): string => {
  const [, a = '', b = ''] = key.split(' ')
  const address = (endpoint: string) => endpoint.slice(0, endpoint.lastIndexOf(':'))
  const [first = '', second = ''] = [address(a), address(b)].toSorted()
  return `IP ${first} ${second}`
}

const explainPorts = (to: Comparison, frames: TsharkFrames, key: string, line: string): void => {
  const pair = addressKey(key)
  if (frames.fragments.has(pair))
    to.explained.push(`${line} (fragments: tshark counts a datagram once)`)
  else if (frames.damaged.has(pair))
    to.explained.push(`${line} (damaged headers, which tshark leaves out)`)
  else to.unexplained.push(line)
}
