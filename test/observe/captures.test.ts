/** The observations of the shared captures are those that tshark sees, and those that are published about them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Observation } from '@netscope/core/observation.ts'
import { capturesToCompare, SHARED_CAPTURES } from '../replay/find-captures.ts'
import { hasTshark } from '../replay/tshark.ts'
import { observeCapture } from './observe-capture.ts'
import { compareWithTshark } from './tshark-fields.ts'

const hasCaptures = existsSync(SHARED_CAPTURES)
const withTshark = hasTshark()
if (!hasCaptures)
  console.warn(`SKIPPED: ${SHARED_CAPTURES} is not there, so observations are not compared.`)
else if (!withTshark)
  console.warn('SKIPPED: tshark is not installed, so observations are compared with fewer results.')

const of = async <Kind extends Observation['kind']>(
  capture: string,
  kind: Kind,
): Promise<Extract<Observation, { kind: Kind }>[]> => {
  const all = await observeCapture(join(SHARED_CAPTURES, capture))
  return [...all.values()].filter((one) => one.kind === kind) as never
}

describe.skipIf(!hasCaptures)('observations of the shared captures', () => {
  it('discard ARP with impossible address lengths', async () => {
    expect(await observeCapture(join(SHARED_CAPTURES, 'zeek/arp-leak.pcap'))).toHaveLength(0)
  })

  it('count the requests of an ARP scan, all by one sender', async () => {
    const requests = await of('zeek/nmap-vsn.pcap', 'arp')
    expect(requests).toHaveLength(503)
    expect(new Set(requests.map(({ senderIp }) => senderIp))).toContain('192.168.1.71')
    expect(new Set(requests.map(({ targetIp }) => targetIp)).size).toBeGreaterThanOrEqual(245)
  })

  it('of an ordinary network have no odd ARP', async () => {
    const all = await of('ipfixprobe/arp.pcap', 'arp')
    expect(all).toHaveLength(45)
    expect(all.filter((arp) => arp.senderMismatch || arp.targetMismatch)).toEqual([])
  })

  it('show the router advertisements that take a router away, and that another station sent them', async () => {
    const all = await of('suricata-verify/ipv6-kill-router-gateway.pcap', 'ndp')
    const adverts = all.filter((one) => one.message === 'RA')
    const killing = adverts.filter(({ routerLifetimeSeconds }) => routerLifetimeSeconds === 0)
    expect(killing).toHaveLength(4)
    expect(new Set(adverts.map(({ src }) => src))).toEqual(new Set(['fe80::6600:6aff:fe5b:8eb3']))
    expect(new Set(killing.map(({ srcMac }) => srcMac))).toEqual(new Set(['00:50:b6:19:e6:50']))
    expect(adverts).toMatchObject([{}, { srcMac: '64:00:6a:5b:8e:b3' }, {}, {}, {}])
  })

  it('know the names that hosts told or asked for', async () => {
    const all = await of('zeek/wikipedia.pcap', 'name')
    const told = all.filter(({ isResponse }) => isResponse)
    expect(told).toHaveLength(2)
    for (const name of told)
      expect(name).toMatchObject({
        hosts: [
          { name: 'gemini.local', addresses: ['fe80::217:f2ff:fed7:cf65', '141.142.220.50'] },
        ],
        services: [{ type: '_sftp-ssh._tcp', instance: 'gemini', host: 'gemini.local', port: 22 }],
      })
    const asked = (protocol: string) =>
      all.filter((one) => one.protocol === protocol).map(({ questions }) => questions[0]?.name)
    expect(asked('LLMNR')).toEqual(Array.from({ length: 8 }, () => 'BRWC0CB383D1F42'))
    expect(new Set(asked('NBNS'))).toEqual(new Set(['BRWC0CB383D1F42', 'WORKGROUP']))
  })

  it('know who leases addresses', async () => {
    const all = await of('ipfixprobe/mixed.pcap', 'dhcp')
    expect(all).toHaveLength(33)
    expect(all.find(({ message }) => message === 'OFFER')).toMatchObject({
      fromServer: true,
      yourIp: '10.5.5.26',
      serverId: '10.5.5.1',
      leaseSeconds: 600,
      clientMac: 'a0:f3:c1:16:5a:ca',
    })
  })
})

/** Of the captures whose frames tshark and we both read. */
const COMPARED: Readonly<Record<string, number>> = {
  'community-id-spec/combined.pcap': 14,
  'ipfixprobe/arp.pcap': 45,
  'ipfixprobe/mixed.pcap': 96,
  'ndpi/dns-tunnel-iodine.pcap': 4,
  'ndpi/tcp_scan.pcapng': 12,
  'suricata-verify/ipv6-kill-router-gateway.pcap': 9,
  'zeek/nmap-vsn.pcap': 503,
  'zeek/wikipedia.pcap': 26,
}

describe.skipIf(!hasCaptures || !withTshark)('observations and tshark', () => {
  for (const capture of hasCaptures && withTshark ? capturesToCompare(SHARED_CAPTURES) : [])
    it(`agree on ${capture}`, { timeout: 120_000 }, async () => {
      const path = join(SHARED_CAPTURES, capture)
      const { compared, differences } = compareWithTshark(path, await observeCapture(path))
      expect(differences).toEqual([])
      expect(compared).toBeGreaterThanOrEqual(COMPARED[capture] ?? 0)
    })
})
