/** JA4 against the examples of FoxIO's technical_details/JA4.md, and by its rules. */
import { describe, expect, it } from 'vitest'
import { ja4, type Ja4Transport } from './ja4.ts'
import { EXTENSION, type ClientHello } from './tls-client-hello.ts'

const hex = (text: string): number[] => text.split(',').map((part) => Number.parseInt(part, 16))

/** As Chrome sends it. */
const CHROME: ClientHello = {
  sni: 'example.org',
  alpn: ['h2', 'http/1.1'],
  firstAlpn: Buffer.from('h2'),
  version: 0x0303,
  ciphers: hex('1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035'),
  extensions: hex(
    '001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015',
  ),
  signatureAlgorithms: hex('0403,0804,0401,0503,0805,0501,0806,0601'),
  supportedVersions: hex('0304,0303'),
  supportedGroups: [],
}

const of = (change: Partial<ClientHello>, transport: Ja4Transport = 't') =>
  ja4({ ...CHROME, ...change }, transport)
const headOf = (change: Partial<ClientHello>, transport: Ja4Transport = 't') =>
  of(change, transport).split('_')[0]

describe('JA4', () => {
  it('gives the published fingerprints', () => {
    expect(of({})).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1')
    // Chrome 143, as browserleaks.com shows it.
    const extensions = hex(
      '002d,0033,0010,fe0d,0017,44cd,0000,000b,000a,002b,ff01,0023,0012,0005,000d,001b',
    )
    expect(of({ extensions })).toBe('t13d1516h2_8daaf6152771_d8a2da3f94cd')
  })

  it('ignores GREASE everywhere, and the order of ciphers and extensions', () => {
    const greased = of({
      ciphers: [0x3a3a, ...CHROME.ciphers.toReversed()],
      extensions: [0xfafa, ...CHROME.extensions.toReversed(), 0x0a0a],
      signatureAlgorithms: [0x1a1a, ...CHROME.signatureAlgorithms],
      supportedVersions: [0xdada, 0x0304],
    })
    expect(greased).toBe(of({}))
    expect(of({ ciphers: [...CHROME.ciphers, 0x3a4a] })).not.toBe(of({}))
  })

  it('keeps the order of the signature algorithms', () => {
    const signatureAlgorithms = CHROME.signatureAlgorithms.toReversed()
    expect(of({ signatureAlgorithms })).not.toBe(of({}))
    // sha256 of the sorted extensions alone, without an underscore.
    expect(of({ signatureAlgorithms: [], extensions: [0x000a] })).toMatch(/_a8f3e973773c$/)
  })

  it('names transport, version, and whether there is a name', () => {
    expect(headOf({}, 'q')).toBe('q13d1516h2')
    expect(headOf({ supportedVersions: [] })).toBe('t12d1516h2')
    expect(headOf({ supportedVersions: [], version: 0x0300 })).toBe('ts3d1516h2')
    expect(headOf({ supportedVersions: [0x7f17] })).toBe('t00d1516h2')
    expect(headOf({ supportedVersions: [0xfefd, 0xfefc] }, 'd')).toBe('dd3d1516h2')
    const unnamed = CHROME.extensions.filter((type) => type !== EXTENSION.serverName)
    expect(headOf({ extensions: unnamed })).toBe('t13i1515h2')
  })

  it('counts to 99 and shows empty lists as zeros', () => {
    expect(headOf({ ciphers: Array.from({ length: 120 }, (_, i) => i) })).toBe('t13d9916h2')
    expect(of({ extensions: [], ciphers: [] })).toBe('t13i0000h2_000000000000_000000000000')
    expect(of({ extensions: [0, 16] })).toMatch(/^t13d1502h2_\w+_000000000000$/)
  })

  it('shows the ends of the first protocol, in hexadecimal where they are no letters', () => {
    const cases: [bytes: number[], ends: string][] = [
      [[], '00'],
      [[0x68], 'hh'],
      [[...Buffer.from('http/1.1')], 'h1'],
      [[0xab], 'ab'],
      [[0xab, 0xcd], 'ad'],
      [[0x30, 0xab], '3b'],
      [[0x30, 0x31, 0xab, 0xcd], '3d'],
      [[0x30, 0xab, 0xcd, 0x31], '01'],
    ]
    for (const [bytes, ends] of cases)
      expect(headOf({ firstAlpn: Uint8Array.from(bytes) })).toBe(`t13d1516${ends}`)
  })
})
