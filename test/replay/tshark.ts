/** What tshark makes of a capture: its conversation statistics, and the outermost IP header of each frame. */
import { spawnSync } from 'node:child_process'
import { addTraffic, type Conversations } from './conversations.ts'

const MAX_OUTPUT_BYTES = 1 << 30
/** Of Ethernet; that of other link types is no shorter, but for raw IP. */
const LINK_HEADER_BYTES = 14
const KINDS = ['tcp', 'udp', 'sctp'] as const

export const hasTshark = (): boolean => spawnSync('tshark', ['--version']).status === 0

const run = (args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync('tshark', args, {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  // It ends with 2 after a cut file, of which it prints what there is.
  if (status !== 0 && stdout === '') throw new Error(`tshark ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** `10.0.0.1:80  <-> 10.0.0.2:1234   3 180 bytes   2 120 bytes  …`: frames from right to left first. */
const CONVERSATION = /^(\S+)\s+<->\s+(\S+)\s+([\d,]+) [\d,.]+ \S+\s+([\d,]+) [\d,.]+ \S+/

/** Frames of TCP, UDP and SCTP conversations (`-z conv`); it counts frame bytes, which we leave. */
export const tsharkConversations = (file: string): Conversations => {
  const all: Conversations = new Map()
  let kind = ''
  for (const line of run([
    '-r',
    file,
    '-q',
    ...KINDS.flatMap((name) => ['-z', `conv,${name}`]),
  ]).split('\n')) {
    kind = /^(\S+) Conversations$/.exec(line)?.[1] ?? kind
    const match = CONVERSATION.exec(line)
    if (!match) continue
    const [, left = '', right = '', back = '', there = ''] = match
    const frames = (number: string) => Number(number.replaceAll(',', ''))
    addTraffic(all, kind, left, right, frames(there), 0)
    addTraffic(all, kind, right, left, frames(back), 0)
  }
  return all
}

export interface TsharkFrames {
  frames: number
  /** Packets and L3 bytes by the addresses of the outermost IP header. */
  byAddress: Conversations
  /** Address pairs, as keys of byAddress, that have fragments. */
  fragments: Set<string>
  /** Pairs with a packet that tshark calls malformed, or whose IP header claims more than its frame has. */
  damaged: Set<string>
  /** Pairs with a packet whose transport header is not wholly captured. */
  cutOff: Set<string>
  /** Frames whose IP header tshark can't read. */
  unreadable: number
  /** Frames with a version or length in a header that tshark calls bogus. */
  bogus: number
}

const FIELDS = [
  'ip.src',
  'ip.dst',
  'ip.len',
  'ip.flags.mf',
  'ip.frag_offset',
  'ipv6.src',
  'ipv6.dst',
  'ipv6.plen',
  'ipv6.fraghdr.offset',
  '_ws.malformed',
  '_ws.short',
  '_ws.expert.message',
  'frame.len',
  'frame.protocols',
] as const

/** Every frame without reassembly, so that each is what it is on the wire. */
export const tsharkFrames = (file: string): TsharkFrames => {
  const text = run([
    '-r',
    file,
    '-T',
    'fields',
    '-E',
    'occurrence=f',
    '-E',
    'separator=|',
    ...FIELDS.flatMap((name) => ['-e', name]),
  ])
  const result: TsharkFrames = {
    frames: 0,
    byAddress: new Map(),
    fragments: new Set(),
    damaged: new Set(),
    cutOff: new Set(),
    unreadable: 0,
    bogus: 0,
  }
  for (const line of text.split('\n')) if (line !== '') addFrame(result, line)
  return result
}

const addFrame = (to: TsharkFrames, line: string): void => {
  const cells = line.split('|')
  const cell = (name: (typeof FIELDS)[number]): string => cells[FIELDS.indexOf(name)] ?? ''
  to.frames++
  const layers = cell('frame.protocols').split(':')
  const ipAt = layers.findIndex((layer) => layer === 'ip' || layer === 'ipv6')
  if (ipAt < 0) return
  const isV4 = layers[ipAt] === 'ip'
  const [src, dst] = isV4 ? [cell('ip.src'), cell('ip.dst')] : [cell('ipv6.src'), cell('ipv6.dst')]
  const bytes = isV4 ? Number(cell('ip.len')) : Number(cell('ipv6.plen')) + 40
  if (cell('_ws.expert.message').startsWith('Bogus')) to.bogus++
  if (src === '' || dst === '') return void to.unreadable++
  addTraffic(to.byAddress, 'IP', src, dst, 1, bytes)
  const key = `IP ${src <= dst ? src : dst} ${src <= dst ? dst : src}`
  if (
    isTrue(cell('ip.flags.mf')) ||
    Number(cell('ip.frag_offset')) > 0 ||
    cell('ipv6.fraghdr.offset') !== ''
  )
    to.fragments.add(key)
  if (cell('_ws.malformed') !== '' || bytes > Number(cell('frame.len')) - LINK_HEADER_BYTES)
    to.damaged.add(key)
  if (cell('_ws.short') !== '') to.cutOff.add(key)
}

const isTrue = (cell: string): boolean => cell === '1' || cell === 'True'
