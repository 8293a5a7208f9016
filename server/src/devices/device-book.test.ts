/** Tests of what becomes of observations and flow records. */
import { expect, test } from 'vitest'
import { createBookRig, said } from './book-rig.ts'

const [PHONE, LAPTOP] = ['3c:22:fb:00:00:01', '3c:22:fb:00:00:02']

test('a host that asks by ARP is a device, with its MAC, address and vendor', () => {
  const { book, devices } = createBookRig({ vendorOf: () => 'Apple' })
  book.observe(said.arp(PHONE, '192.168.1.20'), 1000)
  expect(devices()).toMatchObject([
    { mac: PHONE, vendor: 'Apple', ips: ['192.168.1.20'], firstSeenMs: 1000, lastSeenMs: 1000 },
  ])
})

test('who only asks whether an address is free does not have it', () => {
  const { book, devices } = createBookRig()
  book.observe(said.arp(PHONE, '0.0.0.0', { probe: true }), 1000)
  expect(devices()).toMatchObject([{ mac: PHONE, ips: [] }])
})

test('addresses of one MAC are one device', () => {
  const { book, devices } = createBookRig()
  book.observe(said.arp(PHONE, '192.168.1.20'), 1)
  book.observe(said.neighbor(PHONE, 'fe80::1'), 2)
  book.observe(said.neighbor(PHONE, '2001:db8::20'), 3)
  expect(devices()).toMatchObject([{ ips: ['192.168.1.20', 'fe80::1', '2001:db8::20'] }])
})

test('an address that changes its owner leaves the old one with what it has besides', () => {
  const { book, devices } = createBookRig()
  book.observe(said.lease(PHONE, '192.168.1.20', { hostName: 'phone' }), 1)
  book.observe(said.neighbor(PHONE, 'fe80::1'), 2)
  book.observe(said.arp(LAPTOP, '192.168.1.20'), 3)
  expect(devices()).toMatchObject([
    { mac: PHONE, ips: ['fe80::1'], name: 'phone' },
    { mac: LAPTOP, ips: ['192.168.1.20'], name: '' },
  ])
  expect(book.index.ofIp('192.168.1.20')?.previousMac).toBe(PHONE)
})

test.each([
  ['an ARP frame of somebody else', said.arp(LAPTOP, '192.168.1.20', { senderMismatch: true })],
  ['a request for the address', said.request(LAPTOP, '192.168.1.20')],
  ['mDNS from the address', said.mdns(LAPTOP, '192.168.1.20', { name: 'x.local' })],
])('%s takes it from nobody', (_what, observation) => {
  const { book } = createBookRig()
  book.observe(said.arp(PHONE, '192.168.1.20'), 1)
  book.observe(observation, 2)
  expect(book.index.ofIp('192.168.1.20')?.device.mac).toBe(PHONE)
})

test('a device that was known by its packets alone gets its MAC, and stays itself', () => {
  const { book, devices, flow } = createBookRig()
  flow({ src: '192.168.1.20', dst: '203.0.113.1' })
  const [before] = devices()
  expect(before).toMatchObject({ mac: '', ips: ['192.168.1.20'] })
  book.observe(said.arp(PHONE, '192.168.1.20'), 5000)
  expect(devices()).toMatchObject([{ id: before!.id, mac: PHONE }])
})

test('a device that was known by its packets becomes one with the MAC that is known already', () => {
  const { book, devices, flow, removed } = createBookRig()
  book.observe(said.arp(PHONE, '192.168.1.20'), 1)
  flow({ src: '192.168.1.21', dst: '192.168.1.20', dstPort: 80, synAck: 1 })
  book.observe(said.arp(PHONE, '192.168.1.21'), 5000)
  expect(devices()).toMatchObject([{ mac: PHONE, ips: ['192.168.1.20', '192.168.1.21'] }])
  expect(removed).toHaveLength(1)
})

test('the internet is no device, whatever it sends, but a subnet that the network tells is local', () => {
  const { book, devices, flow } = createBookRig()
  flow({ src: '203.0.113.9', dst: '198.51.100.7' })
  expect(devices()).toEqual([])
  book.observe(said.lease(PHONE, '203.0.113.8', { subnetMask: '255.255.255.0' }), 1)
  flow({ src: '203.0.113.9', dst: '198.51.100.7', slot: 2 })
  expect(devices().flatMap(({ ips }) => ips)).toEqual(['203.0.113.8', '203.0.113.9'])
})

test('a rogue server cannot make the internet local', () => {
  const { book, devices, flow } = createBookRig()
  book.observe(said.lease(PHONE, '203.0.113.8', { subnetMask: '128.0.0.0' }), 1)
  flow({ src: '198.51.100.7', dst: '203.0.113.8' })
  expect(devices().flatMap(({ ips }) => ips)).toEqual(['203.0.113.8'])
})

test('an address that never answers is no device', () => {
  const { devices, flow } = createBookRig()
  flow({ src: '203.0.113.9', dst: '192.168.1.77', dstPackets: 0, dstBytes: 0 })
  expect(devices()).toEqual([])
})

test('names: what DHCP says beats mDNS, which beats NetBIOS, which beats DNS', () => {
  const { book, devices, flow } = createBookRig()
  const name = () => devices()[0]?.name
  flow({ src: '192.168.1.20', srcName: 1, dst: '203.0.113.1' })
  expect(name()).toBe('name-1')
  book.observe(said.netbios(PHONE, '192.168.1.20', 'OFFICE-PC'), 2000)
  expect(name()).toBe('OFFICE-PC')
  book.observe(said.mdns(PHONE, '192.168.1.20', { name: 'office.local' }), 2000)
  expect(name()).toBe('office.local')
  book.observe(said.lease(PHONE, '192.168.1.20', { hostName: 'office' }), 2000)
  expect(name()).toBe('office')
})

test('what is said of an address before it is seen is remembered, and makes no device', () => {
  const { book, devices } = createBookRig()
  book.observe(said.lease(PHONE, '192.168.1.20', { routers: ['192.168.1.1'] }), 1)
  expect(devices()).toHaveLength(1)
  book.observe(said.arp(LAPTOP, '192.168.1.1'), 2)
  expect(devices()[1]).toMatchObject({ mac: LAPTOP, role: 'router' })
})

test('roles: this host, router, DHCP and DNS server, printer, each with its evidence', () => {
  const { book, devices, flow } = createBookRig()
  flow({ src: '192.168.1.5', dst: '192.168.1.53', dstPort: 53, protocol: 17, path: 3 })
  book.observe(said.advertisement('3c:22:fb:00:00:09', 'fe80::9'), 1)
  book.observe(said.arp(LAPTOP, '192.168.1.67'), 1)
  book.observe(said.lease(PHONE, '192.168.1.20', { serverId: '192.168.1.67' }), 1)
  book.observe(said.mdns('3c:22:fb:00:00:08', '192.168.1.9', { service: '_ipp._tcp' }), 1)
  const roles = Object.fromEntries(devices().map(({ ips, role, why }) => [ips[0], [role, why]]))
  expect(roles).toEqual({
    '192.168.1.5': ['this host', 'the agent runs here'],
    '192.168.1.53': ['DNS server', 'answers on UDP 53'],
    'fe80::9': ['router', 'sends router advertisements'],
    '192.168.1.67': ['DHCP server', `answered ${PHONE} with DHCP ACK`],
    '192.168.1.20': ['', ''],
    '192.168.1.9': ['printer', 'offers _ipp._tcp'],
  })
})

test('ports that answer are open; those that refuse or are silent are not', () => {
  const { devices, flow } = createBookRig()
  flow({ dst: '192.168.1.9', dstPort: 443, synAck: 1 })
  flow({ dst: '192.168.1.9', dstPort: 80, slot: 2 })
  flow({ dst: '192.168.1.9', dstPort: 53, protocol: 17, slot: 3 })
  flow({ dst: '192.168.1.9', dstPort: 123, protocol: 17, slot: 4, dstPackets: 0, dstBytes: 0 })
  flow({ dst: '192.168.1.9', dstPort: 50_000, protocol: 17, slot: 5 })
  const printer = devices().find(({ ips }) => ips[0] === '192.168.1.9')
  expect(printer?.ports).toEqual(['TCP 443', 'UDP 53'])
})

test('bandwidth is what was sent since the record before, once, where the device is', () => {
  const { devices, flow, book } = createBookRig()
  flow({ src: '192.168.1.20', srcBytes: 1000, dstBytes: 5000 })
  flow({ src: '192.168.1.20', srcBytes: 3000, dstBytes: 9000, lastNs: 4e9 })
  flow({ src: '192.168.1.20', srcBytes: 3000, dstBytes: 9000, ifindex: 3, slot: 9, lastNs: 4e9 })
  book.setInterfaces([{ ifindex: 7, leaf: false }])
  flow({ src: '192.168.1.20', srcBytes: 3000, dstBytes: 9000, ifindex: 7, slot: 8, lastNs: 4e9 })
  const device = devices().find(({ ips }) => ips[0] === '192.168.1.20')!
  expect(device.rates(5000)).toEqual({ txBps: 2400, rxBps: 7200 })
  expect(device.rates(60_000)).toEqual({ txBps: 0, rxBps: 0 })
})

test('a long flow that is seen for the first time is no burst', () => {
  const { devices, flow } = createBookRig()
  flow({ src: '192.168.1.20', srcBytes: 1e9, dstBytes: 1e9, firstNs: 1e9, lastNs: 100e9 })
  expect(devices()[0]?.rates(100_000)).toEqual({ txBps: 0, rxBps: 0 })
})

test('a slot that another flow has taken counts from its beginning', () => {
  const { devices, flow } = createBookRig()
  flow({ src: '192.168.1.20', srcBytes: 5000, dstBytes: 0, firstNs: 1e9, lastNs: 2e9 })
  flow({ src: '192.168.1.20', srcBytes: 100, dstBytes: 0, firstNs: 3e9, lastNs: 4e9 })
  expect(devices()[0]?.rates(4000).txBps).toBe(Math.round((5100 * 8) / 10))
})

test('a flood of forged addresses takes no room from devices with a MAC', () => {
  const { book, devices, flow } = createBookRig()
  for (let i = 0; i < 3000; i++) flow({ src: `10.0.${i >> 8}.${i & 255}`, slot: i })
  expect(devices()).toHaveLength(1024)
  book.observe(said.arp(PHONE, '192.168.1.20'), 1)
  expect(devices()).toHaveLength(1025)
  expect(book.index.refused).toBe(3000 - 1024)
})

test('a flood of forged MACs stops at the bound, and is forgotten after an hour', () => {
  const { book, devices } = createBookRig()
  book.observe(said.arp(PHONE, '192.168.1.20'), 0)
  book.observe(said.arp(PHONE, '192.168.1.20'), 120_000)
  for (let i = 0; i < 5000; i++) {
    const mac = `02:00:00:00:${(i >> 8).toString(16).padStart(2, '0')}:${(i & 255).toString(16).padStart(2, '0')}`
    book.observe(said.arp(mac, `10.1.${i >> 8}.${i & 255}`), 120_000)
  }
  expect(devices()).toHaveLength(4096)
  book.tick(120_000 + 3_600_001)
  expect(devices().map(({ mac }) => mac)).toEqual([PHONE])
})

test('a device of which a person has said something is not forgotten', () => {
  const { book, devices } = createBookRig()
  book.observe(said.arp(PHONE, '192.168.1.20'), 0)
  const device = book.index.ofMac(PHONE)!
  device.given = { ...device.given, name: "Ann's phone" }
  book.tick(1e12)
  expect(devices()).toHaveLength(1)
})

test('what hosts must ignore is no evidence', () => {
  const { book, devices } = createBookRig()
  const forged = said.advertisement(PHONE, 'fe80::9')
  book.observe({ ...forged, hopLimit: 64 }, 1)
  expect(devices()).toEqual([])
})

test('multicast and broadcast addresses belong to nobody', () => {
  const { book, devices } = createBookRig()
  book.observe(said.arp(PHONE, '224.0.0.1'), 1)
  book.observe(said.arp('01:00:5e:00:00:01', '192.168.1.9'), 1)
  expect(devices().flatMap(({ ips }) => ips)).toEqual([])
})

test('what one device can make us remember is bounded', () => {
  const { book } = createBookRig()
  for (let i = 1; i < 200; i++) {
    book.observe(said.arp(PHONE, `192.168.1.${i}`), i)
    book.observe(said.mdns(PHONE, '192.168.1.1', { service: `_s${i}._tcp` }), i)
  }
  const device = book.index.ofMac(PHONE)!
  expect([device.addresses.size, device.services.size]).toEqual([32, 32])
  expect(book.index.ofIp('192.168.1.2')).toBeUndefined()
})
