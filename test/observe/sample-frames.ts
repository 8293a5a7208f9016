/** Whole frames of every protocol that is observed, as seeds for mutation. */
import {
  address,
  arpFrame,
  dhcp,
  dhcpOption,
  dhcpv6Option,
  domainName,
  join,
  mac,
  MAC_A,
  nameMessage,
  ndpFrame,
  ndpOption,
  netbiosName,
  record,
  text,
  u16,
  u32,
  udpFrame,
} from '@netscope/agent/observe/observe-rig.ts'

const TARGET = address('fe80::2')
const ADDRESS = address('192.0.2.1')
const PREFIX = ndpOption(3, 64, 0xc0, ...u32(9), ...u32(8), ...u32(0), address('2001:db8::'))
const DUID = join(...u16(1), ...u16(1), ...u32(99), mac(MAC_A))
const LINK = { src: 'fe80::1', dst: 'ff02::fb' }
const SERVICE = domainName('My Printer._ipp._tcp.local')
const HOST = domainName('printer.local')
const RDNSS = ndpOption(25, 0, 0, ...u32(300), TARGET)
const DNSSL = ndpOption(31, 0, 0, ...u32(9), domainName('example.org'), 0, 0, 0, 0, 0)

const relayed = (...inner: Uint8Array[]) =>
  join(12, 0, TARGET, TARGET, dhcpv6Option(9, ...inner), dhcpv6Option(79, ...u16(1), mac(MAC_A)))
const lease = dhcpv6Option(5, TARGET, ...u32(1), ...u32(2))
const solicit = join(
  ...[1, 1, 2, 3],
  dhcpv6Option(1, DUID),
  dhcpv6Option(39, 0, domainName('laptop.example.org')),
  dhcpv6Option(3, ...u32(1), ...u32(0), ...u32(0), lease),
  dhcpv6Option(6, ...u16(23), ...u16(24)),
  dhcpv6Option(24, domainName('example.org')),
)

const names = nameMessage({
  answers: [record(domainName('_ipp._tcp.local'), 12, 9, SERVICE), record(HOST, 1, 9, ADDRESS)],
  additional: [
    record(SERVICE, 33, 9, ...u16(0), ...u16(0), ...u16(631), HOST),
    record(SERVICE, 16, 9, 8, text('ty=Laser')),
    record(Uint8Array.of(0xc0, 12), 28, 9, TARGET),
  ],
})
const asked = nameMessage({ flags: 0, questions: [join(HOST, ...u16(1), ...u16(1))] })
const status = join(1, text('OFFICE-PC'.padEnd(15)), 0, ...u16(0x0400), mac(MAC_A))
const OFFICE = netbiosName('OFFICE-PC', 0)

export const SAMPLE_FRAMES: Readonly<Record<string, readonly Uint8Array[]>> = {
  arp: [arpFrame({}), arpFrame({ operation: 2 }, MAC_A)],
  ndp: [
    ndpFrame(134, 0x40_c0_00_1e, join(...u32(0), ...u32(0), PREFIX, ndpOption(1, mac(MAC_A)))),
    ndpFrame(134, 0, join(...u32(0), ...u32(0), RDNSS, DNSSL, ndpOption(24, 0, 8, ...u32(9)))),
    ndpFrame(135, 0, join(TARGET, ndpOption(1, mac(MAC_A)))),
    ndpFrame(136, 0xe0000000, join(TARGET, ndpOption(2, mac(MAC_A)))),
    ndpFrame(137, 0, join(TARGET, TARGET, ndpOption(2, mac(MAC_A)))),
  ],
  dhcp: [
    udpFrame(
      68,
      67,
      dhcp({
        options: [
          dhcpOption(53, 1),
          dhcpOption(12, text('laptop')),
          dhcpOption(81, 4, 0, 0, domainName('laptop.lan')),
          dhcpOption(55, 1, 3, 6),
          dhcpOption(61, 1, mac(MAC_A)),
        ],
      }),
    ),
    udpFrame(
      67,
      68,
      dhcp({
        operation: 2,
        file: join(dhcpOption(12, text('more')), 255),
        options: [
          dhcpOption(52, 1),
          dhcpOption(53, 5),
          dhcpOption(3, ADDRESS),
          dhcpOption(6, ADDRESS, ADDRESS),
          dhcpOption(51, ...u32(3600)),
          dhcpOption(121, 24, 192, 0, 2, ADDRESS),
        ],
      }),
    ),
  ],
  dhcpv6: [udpFrame(546, 547, solicit, LINK), udpFrame(547, 547, relayed(relayed(solicit)), LINK)],
  mdns: [
    udpFrame(5353, 5353, names),
    udpFrame(5353, 5353, names, LINK),
    udpFrame(5355, 50_000, names),
    udpFrame(50_000, 5355, asked),
  ],
  nbns: [
    udpFrame(137, 137, nameMessage({ answers: [record(OFFICE, 0x21, 0, status)] })),
    udpFrame(
      137,
      137,
      nameMessage({
        flags: 0x2910,
        questions: [join(OFFICE, ...u16(32), ...u16(1))],
        additional: [record(Uint8Array.of(0xc0, 12), 32, 9, ...u16(0), ADDRESS)],
      }),
    ),
  ],
}
