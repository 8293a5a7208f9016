/** Names on the flows of captures, beside what tshark reads in the same packets. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { ReplayFlow, ReplayLine } from '@netscope/core/replay.ts'
import { CONFIG } from '../../agent/src/replay/replay-rig.ts'
import { replay } from '../../agent/src/replay/replay.ts'
import { SHARED_CAPTURES } from './find-captures.ts'
import { hasTshark } from './tshark.ts'

/** And how many flows at least went to an address that their client had looked up. */
const CAPTURES: [path: string, named: number][] = [
  ['zeek/wikipedia.pcap', 5],
  ['ndpi/netflix.pcap', 20],
  ['pcapplusplus/example.pcap', 50],
  ['slips/test-cc-capture-2.pcap', 0],
]
const TIMEOUT = { timeout: 120_000 }

const tshark = (file: string, filter: string, fields: readonly string[]): string[][] => {
  const names = fields.flatMap((name) => ['-e', name])
  const { stdout } = spawnSync(
    'tshark',
    ['-r', file, '-Y', filter, '-T', 'fields', '-E', 'separator=|', ...names],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  )
  const lines = stdout.split('\n').filter(Boolean)
  return lines.map((line) => line.split('|'))
}

const flowsOf = async (file: string): Promise<ReplayFlow[]> => {
  let text = ''
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk)
      done()
    },
  })
  await replay([file], CONFIG, { output })
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReplayLine)
  return lines.filter((line) => line.type === 'flow')
}

/** Names by client and address, as the answers over UDP give them. */
const namesOf = (file: string): Map<string, Set<string>> => {
  const names = new Map<string, Set<string>>()
  const answers = tshark(file, 'dns.flags.response == 1 && udp.srcport == 53 && dns.a', [
    'ip.dst',
    'dns.qry.name',
    'dns.a',
  ])
  for (const [client = '', name = '', addresses = ''] of answers) {
    for (const address of addresses.split(',')) {
      const key = `${client} ${address}`
      names.set(key, (names.get(key) ?? new Set()).add(name.toLowerCase()))
    }
  }
  return names
}

describe.skipIf(!existsSync(SHARED_CAPTURES) || !hasTshark()).each(CAPTURES)(
  '%s',
  (path, named) => {
    const file = join(SHARED_CAPTURES, path)

    it('has the server names that tshark reads in ClientHellos', TIMEOUT, async () => {
      const theirs = tshark(file, 'tls.handshake.type == 1 && tcp', [
        'ip.src',
        'tcp.srcport',
        'tls.handshake.extensions_server_name',
      ]).map((row) => row.join(' '))
      const ours = (await flowsOf(file))
        .filter(({ ja4 }) => ja4 !== '')
        .map(({ src, srcPort, sni }) => `${src} ${srcPort} ${sni}`)
      expect([...new Set(ours)].sort()).toEqual([...new Set(theirs)].sort())
    })

    it('has the names that clients got for the addresses they then went to', TIMEOUT, async () => {
      const names = namesOf(file)
      const flows = await flowsOf(file)
      for (const { src, dst, dstName } of flows) {
        const asked = names.get(`${src} ${dst}`)
        if (asked) expect([...asked]).toContain(dstName)
        // What others asked for will do where the client itself did not ask.
        else if (dstName !== '')
          expect([...names].some(([key, set]) => key.endsWith(` ${dst}`) && set.has(dstName))).toBe(
            true,
          )
      }
      const got = flows.filter(({ src, dst }) => names.has(`${src} ${dst}`))
      expect(got.length).toBeGreaterThanOrEqual(named)
    })
  },
)
