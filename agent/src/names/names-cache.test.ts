/** Whose name an address gets, and for how long. */
import { describe, expect, it } from 'vitest'
import { DNS_TYPE, parseDnsMessage } from './dns-message.ts'
import { dnsMessage, nameBytes, type FakeDns } from './fake-dns.ts'
import { createNamesCache } from './names-cache.ts'

const { a, aaaa, cname } = DNS_TYPE
const MINUTE = 60_000

const createRig = (maxEntries = 100) => {
  const cache = createNamesCache({ maxEntries })
  const learn = (client: string, message: FakeDns, nowMs = 0): void => {
    const parsed = parseDnsMessage(dnsMessage(message))
    if (parsed === undefined) throw new Error('the test built a bad message')
    cache.learn(client, parsed, nowMs)
  }
  /** The client asks for the name and is told the address. */
  const ask = (client: string, name: string, address: string, nowMs = 0, ttl = 60) =>
    learn(
      client,
      { questions: [[name, a]], answers: [{ name, type: a, ttl, data: address }] },
      nowMs,
    )
  return { ...cache, learn, ask }
}

describe('names cache', () => {
  it('gives every address of an answer the name of the question, through its aliases', () => {
    const { learn, find } = createRig()
    learn('me', {
      questions: [['www.example.org', a]],
      answers: [
        { name: 'b.cdn.net', type: a, data: '192.0.2.1' },
        { name: 'a.cdn.net', type: cname, data: nameBytes('b.cdn.net') },
        { name: 'www.example.org', type: cname, data: nameBytes('a.cdn.net') },
        { name: 'b.cdn.net', type: aaaa, data: '2001:db8:0:0:0:0:0:1' },
        { name: 'other.example', type: a, data: '192.0.2.9' },
      ],
    })
    expect(find('me', '192.0.2.1', 1)).toBe('www.example.org')
    expect(find('me', '2001:db8::1', 1)).toBe('www.example.org')
    expect(find('me', '192.0.2.9', 1)).toBeUndefined()
  })

  it('prefers what this client asked for, else takes the newest name', () => {
    const { ask, find } = createRig()
    ask('me', 'mine.example', '192.0.2.1', 0)
    ask('you', 'yours.example', '192.0.2.1', 10)
    expect(find('me', '192.0.2.1', 20)).toBe('mine.example')
    expect(find('you', '192.0.2.1', 20)).toBe('yours.example')
    expect(find('she', '192.0.2.1', 20)).toBe('yours.example')
    ask('me', 'again.example', '192.0.2.1', 30)
    expect(find('me', '192.0.2.1', 40)).toBe('again.example')
    expect(find('she', '192.0.2.1', 40)).toBe('again.example')
  })

  it('keeps a name for its TTL, but five minutes at least and a day at most', () => {
    const { ask, find } = createRig()
    ask('me', 'short.example', '192.0.2.1', 0, 0)
    ask('me', 'hour.example', '192.0.2.2', 0, 3600)
    ask('me', 'long.example', '192.0.2.3', 0, 1_000_000)
    const known = (nowMs: number) =>
      ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map(
        (address) => find('me', address, nowMs) !== undefined,
      )
    expect(known(5 * MINUTE - 1)).toEqual([true, true, true])
    expect(known(5 * MINUTE)).toEqual([false, true, true])
    expect(known(60 * MINUTE)).toEqual([false, false, true])
    expect(known(24 * 60 * MINUTE)).toEqual([false, false, false])
  })

  it('falls back to the name of another client when its own is over its time', () => {
    const { ask, find } = createRig()
    ask('me', 'mine.example', '192.0.2.1', 0)
    ask('you', 'yours.example', '192.0.2.1', MINUTE)
    expect(find('me', '192.0.2.1', 5 * MINUTE)).toBe('yours.example')
  })

  it('lets the oldest go when it is full, and never has more than its bound', () => {
    const { ask, find, counts } = createRig(3)
    ask('me', 'one.example', '192.0.2.1', 1)
    ask('me', 'two.example', '192.0.2.2', 2)
    ask('me', 'one.example', '192.0.2.1', 3)
    ask('you', 'three.example', '192.0.2.3', 4)
    ask('you', 'four.example', '192.0.2.4', 5)
    expect(find('me', '192.0.2.2', 6)).toBeUndefined()
    expect(find('me', '192.0.2.1', 6)).toBe('one.example')
    expect(counts()).toEqual({ entries: 3, evicted: 1 })
    for (let i = 0; i < 1000; i++) ask(`client ${i % 7}`, 'x.example', `10.0.0.${i % 200}`, 6)
    expect(counts()).toEqual({ entries: 3, evicted: 1001 })
    ask('me', 'late.example', '192.0.2.9', 60 * MINUTE)
    expect(counts()).toEqual({ entries: 3, evicted: 1001 })
    ask('me', 'late.example', '192.0.2.9', 49 * 60 * MINUTE)
    expect(counts()).toEqual({ entries: 1, evicted: 1001 })
  })

  it('learns nothing from queries, errors, answers to no question, and loops', () => {
    const { learn, find, counts } = createRig()
    const answers = [{ name: 'x.example', type: a, data: '192.0.2.1' }]
    const questions = [['x.example', a]] as const
    learn('me', { flags: 0x0100, questions, answers })
    learn('me', { flags: 0x8183, questions, answers })
    learn('me', { questions: [], answers })
    learn('me', { questions: [...questions, ...questions], answers })
    learn('me', {
      questions,
      answers: [
        { name: 'x.example', type: cname, data: nameBytes('y.example') },
        { name: 'y.example', type: cname, data: nameBytes('x.example') },
      ],
    })
    expect(counts().entries).toBe(0)
    learn('me', { questions, answers: [...answers, ...answers] })
    expect([counts().entries, find('me', '192.0.2.1', 0)]).toEqual([1, 'x.example'])
  })
})
