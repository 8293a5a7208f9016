/** What clients say in a ClientHello, and what damaged ones can't. */
import { describe, expect, it } from 'vitest'
import {
  alpnData,
  helloBody,
  joined,
  list16,
  serverNameData,
  u16,
  versionsData,
} from './fake-client-hello.ts'
import { parseClientHello } from './tls-client-hello.ts'

const sniOf = (data: Uint8Array) => parseClientHello(helloBody({ extensions: [[0, data]] }))?.sni

describe('ClientHello', () => {
  it('gives name, protocols, ciphers, extensions, algorithms, versions and groups', () => {
    const body = helloBody({
      ciphers: [0x0a0a, 0x1301],
      extensions: [
        [0x1a1a, joined([])],
        [0, serverNameData('WWW.Example.org')],
        [10, list16(0x001d, 0x0017)],
        [13, list16(0x0403)],
        [16, alpnData('h2', 'http/1.1', '\x0a\xff')],
        [43, versionsData(0x0304, 0x0303)],
      ],
    })
    expect(parseClientHello(body)).toEqual({
      sni: 'www.example.org',
      alpn: ['h2', 'http/1.1', '\\010\\255'],
      firstAlpn: Uint8Array.of(0x68, 0x32),
      version: 0x0303,
      ciphers: [0x0a0a, 0x1301],
      extensions: [0x1a1a, 0, 10, 13, 16, 43],
      signatureAlgorithms: [0x0403],
      supportedVersions: [0x0304, 0x0303],
      supportedGroups: [0x001d, 0x0017],
    })
  })

  it('reads a hello without extensions', () => {
    expect(parseClientHello(helloBody({ version: 0x0301 }))).toMatchObject({
      version: 0x0301,
      ciphers: [0x1301],
      extensions: [],
    })
  })

  it('reads the cookie of DTLS', () => {
    const body = helloBody({ version: 0xfefd, ciphers: [0xc02b] })
    const withCookie = joined(body.subarray(0, 39), [2, 9, 9], body.subarray(39))
    expect(parseClientHello(withCookie)?.ciphers).toEqual([0xc02b])
  })

  it('takes no name that is no host name', () => {
    expect(sniOf(serverNameData('a_b-c.example.'))).toBe('a_b-c.example')
    for (const name of ['', 'a b', 'a..b', '<script>', 'a\0b', 'x\xfcy.de', 'a\\046b', '.a'])
      expect(sniOf(serverNameData(name)), name).toBeUndefined()
    expect(sniOf(serverNameData(`${'a.'.repeat(127)}a`))).toHaveLength(255)
    expect(sniOf(serverNameData(`${'a.'.repeat(127)}ab`))).toBeUndefined()
    expect(sniOf(serverNameData('a'.repeat(64)))).toBeUndefined()
    expect(sniOf(joined(u16(5), [1], u16(2), [97, 98]))).toBeUndefined()
    expect(sniOf(joined(u16(9), [0], u16(2), [97, 98]))).toBeUndefined()
  })

  it('leaves out what damaged data of an extension should say', () => {
    const body = helloBody({
      extensions: [
        [10, joined(u16(3), [1, 2, 3])],
        [13, joined(u16(40), [1, 2])],
        [16, joined(u16(4), [2, 0x68, 0x32, 9])],
        [43, joined([])],
      ],
    })
    expect(parseClientHello(body)).toMatchObject({
      extensions: [10, 13, 16, 43],
      supportedGroups: [],
      signatureAlgorithms: [],
      alpn: ['h2'],
      supportedVersions: [],
    })
  })

  it('takes no hello that is cut anywhere, but between ciphers and extensions', () => {
    const body = helloBody({ extensions: [[0, serverNameData('a.example')]] })
    const beforeExtensions = body.length - 2 - 4 - 14
    for (let length = 0; length < body.length; length++)
      if (length !== beforeExtensions)
        expect(parseClientHello(body.subarray(0, length)), String(length)).toBeUndefined()
    expect(parseClientHello(body)?.sni).toBe('a.example')
  })

  it('takes no hello of an unknown version, without ciphers, or with a long session id', () => {
    expect(parseClientHello(helloBody({ version: 0x1603 }))).toBeUndefined()
    expect(parseClientHello(helloBody({ ciphers: [] }))).toBeUndefined()
    const body = helloBody({})
    const longId = joined(body.subarray(0, 34), [33], new Uint8Array(33), body.subarray(39))
    expect(parseClientHello(longId)).toBeUndefined()
  })
})
