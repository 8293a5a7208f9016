/** Which addresses are of the site. */
import { describe, expect, it } from 'vitest'
import type { DhcpObservation } from '@netscope/core/observation/dhcp.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { START_MS } from './fakes/detector-rig.ts'
import { createSiteNetworks } from './site-networks.ts'

const ack = (yourIp: string, subnetMask: string): DhcpObservation => ({
  kind: 'dhcp',
  timeMs: START_MS,
  interface: '',
  ifindex: 1,
  vlan: 0,
  innerVlan: 0,
  direction: 'INGRESS',
  srcMac: '',
  dstMac: '',
  src: '',
  dst: '',
  incomplete: false,
  message: 'ACK',
  fromServer: true,
  xid: 1,
  clientMac: '',
  clientIp: '',
  yourIp,
  nextServerIp: '',
  relayIp: '',
  subnetMask,
})

describe('the networks of a site', () => {
  it.each(['10.1.2.3', '172.31.0.1', '192.168.255.255', '169.254.1.1', 'fd00::1', 'fe80::1'])(
    'hold %s',
    (address) => expect(createSiteNetworks([]).isLocal(address)).toBe(true),
  )
  it.each([
    '9.255.255.255',
    '172.32.0.1',
    '192.169.0.1',
    '2001:db8::1',
    '224.0.0.1',
    'nonsense',
    '',
  ])('do not hold %s', (address) => expect(createSiteNetworks([]).isLocal(address)).toBe(false))
  it('hold what people named', () => {
    const site = createSiteNetworks(['198.51.100.0/24', '2001:db8::/32'].map(parsePrefix))
    expect(site.isLocal('198.51.100.7')).toBe(true)
    expect(site.isLocal('2001:db8::7')).toBe(true)
    expect(site.isLocal('198.51.101.7')).toBe(false)
  })
  it('learn the subnet of a lease, unless it is too large', () => {
    const site = createSiteNetworks([])
    expect(site.isLocal('198.51.100.7')).toBe(false)
    site.observe(ack('198.51.100.20', '255.255.255.0'))
    expect(site.isLocal('198.51.100.7')).toBe(true)
    site.observe(ack('20.0.0.1', '255.0.0.0'))
    expect(site.isLocal('20.0.0.1')).toBe(false)
    site.observe(ack('20.0.0.1', 'x'))
    expect(site.isLocal('20.0.0.1')).toBe(false)
  })
})
