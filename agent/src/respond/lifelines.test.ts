/** Tests of what must never be cut off from this host. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import { expect, test } from 'vitest'
import { readLifelines } from './lifelines.ts'
import type { LifelinesDeps } from './lifelines.ts'

const ROUTES = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0102A8C0	0003	0	0	0	00000000	0	0	0
eth0	0002A8C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
`
const ROUTES_6 = `00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0
20010db8000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0
`
const FILES: Record<string, string> = {
  '/proc/net/route': ROUTES,
  '/proc/net/ipv6_route': ROUTES_6,
  '/etc/resolv.conf': '# of us\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nsearch example\n',
  '/run/systemd/resolve/resolv.conf': 'nameserver fe80::53%eth0\n',
}
const read = (given: Partial<LifelinesDeps> = {}, files = FILES) =>
  readLifelines({
    sshPeers: () => ({
      peers: ['192.0.2.50', '127.0.0.1', '192.0.2.50'].map((text) => parsePrefix(text).addr),
      unsure: ['192.0.2.50', '192.0.2.51'].map((text) => parsePrefix(text).addr),
    }),
    ownAddresses: () => ['192.0.2.9', 'fe80::9%eth0', '192.0.2.9'],
    readText: (path) => {
      const text = files[path]
      if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
      return text
    },
    servers: () => ['198.51.100.1'],
    ...given,
  })

test('peers of SSH, own addresses, gateways, DNS servers and the server, each once, without loopback', () => {
  expect(read()).toEqual({
    sshPeers: ['192.0.2.50'],
    sshUnsure: ['192.0.2.51'],
    own: ['192.0.2.9', 'fe80::9'],
    gateways: ['192.168.2.1', 'fe80::1'],
    dnsServers: ['192.0.2.53', 'fe80::53'],
    servers: ['198.51.100.1'],
    problems: [],
  })
})

test('what is not there on this host is no problem, what cannot be read is', () => {
  const { gateways, dnsServers, problems } = read({}, { '/proc/net/route': ROUTES })
  expect([gateways, dnsServers, problems]).toEqual([['192.168.2.1'], [], []])
  const sshPeers = () => {
    throw new Error('EPERM')
  }
  expect(read({ sshPeers })).toMatchObject({
    ...{ sshPeers: [], sshUnsure: [], problems: ['SSH peers: EPERM'] },
  })
  expect(read({}, {}).problems).toEqual(['gateways: no /proc/net/route'])
})

test('nonsense is left out, and of each kind so many are kept', () => {
  const many = Array.from({ length: 100 }, (_, i) => `10.0.0.${i}`)
  const files = {
    ...FILES,
    '/proc/net/route': 'x\n\teth0 zz\n',
    '/etc/resolv.conf': 'nameserver\nnameserver x\n',
  }
  const found = read({ ownAddresses: () => many }, files)
  expect([found.own.length, found.gateways, found.dnsServers]).toEqual([
    64,
    ['fe80::1'],
    ['fe80::53'],
  ])
})
