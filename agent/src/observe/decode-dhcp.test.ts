/** DHCP as clients, servers, relays and attackers send it. */
import { describe, expect, it } from 'vitest'
import { decodeFrame } from './decode-frame.ts'
import {
  address,
  decode,
  dhcp,
  dhcpOption,
  domainName,
  join,
  MAC_A,
  MAC_B,
  META,
  text,
  u32,
  udpFrame,
  type DhcpFields,
} from './observe-rig.ts'

const fromClient = (fields: DhcpFields) => decode('dhcp', udpFrame(68, 67, dhcp(fields)))
const fromServer = (...options: Uint8Array[]) =>
  decode('dhcp', udpFrame(67, 68, dhcp({ operation: 2, options })))
const ADDRESS = address('192.0.2.1')

describe('DHCP', () => {
  it('gives what a client asks for and says of itself', () => {
    const options = [
      dhcpOption(53, 3),
      dhcpOption(61, 1, 2, 0, 0, 0, 0, 1),
      dhcpOption(50, address('192.0.2.50')),
      dhcpOption(54, ADDRESS),
      dhcpOption(12, text('laptop')),
      dhcpOption(60, text('MSFT 5.0')),
      dhcpOption(81, 4, 0, 0, domainName('laptop.example.org')),
      dhcpOption(55, 1, 3, 6, 252),
    ]
    expect(fromClient({ options })).toEqual({
      ...META,
      innerVlan: 0,
      srcMac: MAC_A,
      dstMac: MAC_B,
      src: '192.0.2.1',
      dst: '192.0.2.2',
      incomplete: false,
      kind: 'dhcp',
      message: 'REQUEST',
      fromServer: false,
      xid: 0x12345678,
      clientMac: MAC_A,
      clientIp: '',
      yourIp: '',
      nextServerIp: '',
      relayIp: '',
      clientId: '01020000000001',
      requestedIp: '192.0.2.50',
      serverId: '192.0.2.1',
      hostName: 'laptop',
      vendorClass: 'MSFT 5.0',
      fqdn: 'laptop.example.org',
      parameterList: [1, 3, 6, 252],
    })
  })

  it('gives what a server hands out', () => {
    const options = [
      dhcpOption(53, 2),
      dhcpOption(1, address('255.255.255.0')),
      dhcpOption(3, ADDRESS, address('192.0.2.254')),
      dhcpOption(6, address('198.51.100.53')),
      dhcpOption(15, text('example.org\0')),
      dhcpOption(51, ...u32(0xffffffff)),
      dhcpOption(121, 0, ADDRESS, 24, 198, 51, 100, ADDRESS, 25, 203, 0, 113, 128, ADDRESS),
      dhcpOption(252, text('http://wpad/wpad.dat')),
    ]
    const frame = udpFrame(67, 68, dhcp({ operation: 2, yourIp: '192.0.2.50', options }))
    expect(decode('dhcp', frame)).toMatchObject({
      message: 'OFFER',
      fromServer: true,
      yourIp: '192.0.2.50',
      subnetMask: '255.255.255.0',
      routers: ['192.0.2.1', '192.0.2.254'],
      dnsServers: ['198.51.100.53'],
      domain: 'example.org',
      leaseSeconds: 4_294_967_295,
      staticRoutes: [
        { prefix: '0.0.0.0', length: 0, gateway: '192.0.2.1' },
        { prefix: '198.51.100.0', length: 24, gateway: '192.0.2.1' },
        { prefix: '203.0.113.128', length: 25, gateway: '192.0.2.1' },
      ],
      proxyUrl: 'http://wpad/wpad.dat',
      incomplete: false,
    })
  })

  it.each([
    [1, 'DISCOVER'],
    [4, 'DECLINE'],
    [5, 'ACK'],
    [6, 'NAK'],
    [7, 'RELEASE'],
    [8, 'INFORM'],
    [9, 'FORCERENEW'],
    [13, 'LEASEACTIVE'],
    [14, 'OTHER'],
    [0, 'OTHER'],
    [255, 'OTHER'],
  ])('names message type %i', (type, message) => {
    expect(fromClient({ options: [dhcpOption(53, type)] })).toMatchObject({ message })
  })

  it('without a type is BOOTP', () => {
    expect(fromClient({})).toMatchObject({ message: 'BOOTP', incomplete: false })
  })

  it('joins the parts of an option, also from the fields of server and file name', () => {
    const field = (...parts: Uint8Array[]) => join(...parts, 255)
    const options = [dhcpOption(52, 3), dhcpOption(12, text('a'))]
    const file = field(dhcpOption(12, text('b')), Uint8Array.of(0, 0))
    const serverName = field(dhcpOption(12, text('c')))
    expect(fromClient({ options, file, serverName }).hostName).toBe('abc')
    expect(fromClient({ options: [dhcpOption(12, text('a'))], file }).hostName).toBe('a')
  })

  it.each([
    ['an option beyond the end', [Uint8Array.of(12, 200, 65)]],
    ['an address of three bytes', [dhcpOption(54, 1, 2, 3)]],
    ['an empty list', [dhcpOption(3)]],
    ['a list with half an address', [dhcpOption(6, ADDRESS, 1, 2)]],
    ['more than 32 addresses', [dhcpOption(6, ...Array.from({ length: 33 }, () => ADDRESS))]],
    ['a route beyond its option', [dhcpOption(121, 32, 1, 2, 3)]],
    ['a route of 33 bits', [dhcpOption(121, 33, 1, 2, 3, 4, 5, ADDRESS)]],
    ['a name beyond its option', [dhcpOption(81, 4, 0, 0, 63, 65)]],
    ['a long client id', [dhcpOption(61, new Uint8Array(136))]],
    ['a type of two bytes', [dhcpOption(53, 1, 1)]],
  ])('says that it is incomplete with %s', (_what, options) => {
    expect(fromServer(...options).incomplete).toBe(true)
  })

  it('bounds text, and takes out what could mislead a terminal', () => {
    const { hostName, vendorClass } = fromClient({
      options: [
        dhcpOption(12, text('a\u001b[2J\r\n\u202eb')),
        dhcpOption(60, new Uint8Array(255).fill(65)),
        dhcpOption(60, new Uint8Array(255).fill(65)),
      ],
    })
    expect(hostName).toBe('a?[2J???b')
    expect(vendorClass).toHaveLength(255)
  })

  it('of other hardware has no MAC', () => {
    const message = dhcp()
    message[1] = 32
    expect(decode('dhcp', udpFrame(68, 67, message)).clientMac).toBe('')
  })

  it('is nothing without its cookie, its header, or an operation', () => {
    const damaged = (at: number, byte: number) => {
      const message = dhcp()
      message[at] = byte
      return message
    }
    for (const message of [damaged(236, 0), damaged(0, 0), damaged(0, 3), dhcp().subarray(0, 239)])
      expect(decodeFrame(udpFrame(68, 67, message), 14, META)).toBeUndefined()
  })
})
