/** Host of requests, and what isn't one. */
import { describe, expect, it } from 'vitest'
import { httpHost } from './http-host.ts'

const of = (...lines: string[]) => httpHost(Buffer.from(lines.join('\r\n'), 'latin1'))
const withHost = (value: string) => of('GET / HTTP/1.1', `Host: ${value}`, '', '')

describe('HTTP host', () => {
  it('is what the request says, without port, in lower case', () => {
    expect(of('GET /x HTTP/1.1', 'Accept: */*', 'hOST:\tWWW.Example.org:8080 ', '', 'x')).toBe(
      'www.example.org',
    )
    expect(withHost('192.0.2.1')).toBe('192.0.2.1')
    expect(withHost('[2001:DB8::1]:80')).toBe('[2001:db8::1]')
    expect(of('OPTIONS * HTTP/1.0', 'Host: a.example', 'Accept: cut o')).toBe('a.example')
    expect(httpHost(Buffer.from('GET / HTTP/1.1\nHost: a.example\n\n'))).toBe('a.example')
  })

  it('is not taken where its line is cut off, twice, behind the head, or no host', () => {
    expect(of('GET / HTTP/1.1', 'Host: www.exa')).toBeUndefined()
    expect(of('GET / HTTP/1.1', 'Host: a.example', 'Host: b.example', '', '')).toBeUndefined()
    expect(of('POST / HTTP/1.1', '', 'Host: a.example', '')).toBeUndefined()
    for (const value of ['', 'a b', 'a\0b', '<b>', 'a:b:80', '[::1', 'x'.repeat(256), 'ü.de'])
      expect(withHost(value), value).toBeUndefined()
  })

  it('is not read from what is no request', () => {
    for (const line of ['HTTP/1.1 200 OK', 'GET / HTTP/2', 'get / HTTP/1.1', 'GET  / HTTP/1.1', ''])
      expect(of(line, 'Host: a.example', '', ''), line).toBeUndefined()
    expect(httpHost(new Uint8Array(0))).toBeUndefined()
  })

  it('is looked for in the first 8 KiB only', () => {
    const filler = `X: ${'x'.repeat(8192)}`
    expect(of('GET / HTTP/1.1', filler, 'Host: a.example', '', '')).toBeUndefined()
  })
})
