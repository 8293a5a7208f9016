/** Queries as they are read: what they mean, where they are wrong, and that hostile ones cost little. */
import { describe, expect, test } from 'vitest'
import { parseQuery } from './parse-query.ts'
import { QUERY_LIMITS, type QueryNode } from './query.ts'

/** The tree in one line: prefix notation, tests as the text says them. */
const shape = (node: QueryNode, text: string): string => {
  if (node.is === 'test') return text.slice(node.from, node.to)
  if (node.is === 'not') return `not(${shape(node.part, text)})`
  return `${node.is}(${node.parts.map((part) => shape(part, text)).join('; ')})`
}

const read = (text: string): QueryNode => {
  const result = parseQuery(text)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.query.root
}

const testOf = (text: string) => {
  const node = read(text)
  return node.is === 'test' ? { field: node.field.name, ...node.test } : node
}

const wrong = (text: string) => {
  const result = parseQuery(text)
  return result.ok ? undefined : result.error
}

test.each([
  ['', 'and()'],
  ['  ', 'and()'],
  ['port = 443', 'port = 443'],
  ['port=1 and vlan=2 or pid=3', 'or(and(port=1; vlan=2); pid=3)'],
  ['port=1 and (vlan=2 or pid=3)', 'and(port=1; or(vlan=2; pid=3))'],
  ['not port=1 and not not vlan=2', 'and(not(port=1); not(not(vlan=2)))'],
  ['NOT(port=1) OR vlan=2', 'or(not((port=1)); vlan=2)'],
  ['port != 1', 'not(port != 1)'],
  ['port not in (1,2)', 'not(port not in (1,2))'],
  ['process !~ a', 'not(process !~ a)'],
  ['src in 10.0.0.0/8 and bytes > 1 MB', 'and(src in 10.0.0.0/8; bytes > 1 MB)'],
])('%j is %s', (text, expected) => {
  expect(shape(read(text), text)).toBe(expected)
})

test.each<[string, object]>([
  ['bytes > 1MB', { field: 'bytes', operator: '>', value: 1e6 }],
  ['bytes > 1.5 KiB', { value: 1536 }],
  ['bytes in (1kB, 2kB)', { values: [1000, 2000] }],
  ['srcBytesPerSecond >= 8Mbit/s', { operator: '>=', value: 1e6 }],
  ['rtt > 1.5s', { field: 'rttMs', value: 1500 }],
  ['durationMs <= 2m', { value: 120_000 }],
  ['packets > 10k', { value: 10_000 }],
  ['PORT == 443', { field: 'port', operator: '=', value: 443 }],
  ['lastSeen > -5m', { operator: '>', time: { agoUs: 300e6 } }],
  ['lastSeen > 1h', { time: { agoUs: 3600e6 } }],
  ['lastSeen < now', { time: { agoUs: 0 } }],
  ['firstSeen = 2026-07-31T12:00:00.000001Z', { time: { us: 1_785_499_200_000_001 } }],
  ['firstSeen > 2026-07-31T14:00+02:00', { time: { us: 1_785_499_200_000_000 } }],
  ['firstSeen > 2026-07-31T12:00', { time: { us: 1_785_499_200_000_000 } }],
  ['firstSeen in (2026-07-31, "2026-07-31 12:00")', { kind: 'times' }],
  ['protocol = tcp', { texts: ['TCP'] }],
  ['protocol in (6, udp, 47)', { texts: ['TCP', 'UDP', '47'] }],
  ['verdict = drop', { texts: ['DROP'] }],
  ['end = ""', { texts: [''] }],
  ['process = Curl', { kind: 'patterns', patterns: [['curl']] }],
  [String.raw`process = "a \"b\" \\"`, { patterns: [['a "b" \\']] }],
  ["process in ('it is', '')", { patterns: [['it is'], ['']] }],
  ['srcCommandLine ~ a=b', { patterns: [['', 'a=b', '']] }],
  ['name = *.Example.com', { patterns: [['', '.example.com']] }],
  ['srcTcpFlags ~ SYN+ACK', { kind: 'bits', bits: 18 }],
  ['srcTcpFlags = 18', { operator: '=', value: 18 }],
])('%s asks for %j', (text, expected) => {
  expect(testOf(text)).toMatchObject(expected)
})

test('names without a side mean both: their sum where it is an amount, else either', () => {
  expect(testOf('bytes > 1')).toMatchObject({ field: 'bytes' })
  const of = (name: string) => {
    const node = read(`${name} = 0`)
    return node.is === 'test' ? [node.field.combine, ...node.field.of] : []
  }
  expect(of('bytes')).toEqual(['sum', 'srcBytes', 'dstBytes'])
  expect(of('retransmits')).toEqual(['sum', 'srcRetransmits', 'dstRetransmits'])
  expect(of('port')).toEqual(['any', 'srcPort', 'dstPort'])
  expect(of('rttMs')).toEqual(['any', 'srcRttMs', 'dstRttMs'])
  const name = read('name = x')
  expect(name.is === 'test' && name.field.of).toEqual(['srcName', 'dstName', 'sni', 'httpHost'])
})

test.each<[string, string, number, number, string?]>([
  ['dstPrt=443', 'there is no field "dstPrt"', 0, 6, 'dstPort'],
  ['constructor=1', 'there is no field "constructor"', 0, 11],
  ['port', 'an operator is expected after port', 4, 0],
  ['port contains 4', 'an operator is expected after port', 5, 8, '~'],
  ['port=', 'a value of port is expected here', 5, 0],
  ['port=https', 'port needs a port from 0 to 65535, not "https"', 5, 5],
  ['port=65536', 'port needs a port', 5, 5],
  ['port=-1', 'port needs a port', 5, 2],
  ['bytes > 1XB', 'bytes needs bytes such as', 8, 3],
  ['bytes>constructor', 'bytes needs bytes such as', 6, 11],
  ['lastSeen > yesterday', 'lastSeen needs a time such as', 11, 9],
  ['lastSeen > 5', 'lastSeen needs a time such as', 11, 1],
  ['lastSeen > 2026-02-30', 'lastSeen needs a time such as', 11, 10],
  ['src = 10.0.0.256', 'src needs an address or prefix', 6, 10],
  ['src in (10.0.0.0/8, ::/33)', 'it would also match all of IPv4', 20, 5],
  ['src ~ 10', 'src takes addresses and prefixes, not parts', 4, 1, 'in'],
  ['src > 10.0.0.1', '> compares numbers, and src is an address', 4, 1, '='],
  ['verdict = DROPP', 'verdict is never "DROPP", but one of PASS, DROP', 10, 5, 'DROP'],
  ['protocol = tpc', 'protocol is never "tpc"', 11, 3, 'TCP'],
  ['process > curl', '> compares numbers, and process is a text', 8, 1, '='],
  ['port ~ 4', '~ looks into texts, and port is a port', 5, 1, '='],
  ['port !~ 4', '~ looks into texts', 5, 2, '!='],
  ['port = 443 && vlan = 1', 'and, or or the end is expected here', 11, 2, 'and'],
  ['port = 443 vlan = 1', 'and, or or the end is expected here', 11, 4, 'and vlan'],
  ['port = 443 adn vlan = 1', 'and, or or the end is expected here', 11, 3, 'and'],
  ['(port = 443', 'and, or or ")" is expected here', 11, 0],
  ['port = 443)', 'and, or or the end is expected here', 10, 1],
  ['port in (443', '"," or ")" is expected here', 12, 0],
  ['port in ()', 'a value of port is expected here', 9, 1],
  ['and port = 1', 'a field is expected here, not and', 0, 3],
  ['! port = 1', 'a field is expected here', 0, 1, 'not'],
  ['port <> 1', 'this is no operator', 5, 2, '!='],
  ['process = "curl', 'the text that begins here has no " at its end', 10, 5],
  ['process = a\0b', 'control characters are not allowed', 11, 1],
  ['process = \ud800', 'half of a surrogate pair', 0, 11],
  ['process ~ a*b*c*d*e*f*g*h*i*j', 'a text has at most 8 *', 10, 19],
])('%j: %s', (text, message, position, length, suggestion) => {
  expect(wrong(text)).toEqual({
    message: expect.stringContaining(message),
    position,
    length,
    ...(suggestion !== undefined && { suggestion }),
  })
})

describe('hostile text', () => {
  const { length, depth, values } = QUERY_LIMITS
  test.each([
    ['too long', 'a'.repeat(length + 1), `at most ${length} characters`],
    ['too deep in parentheses', '('.repeat(length), `at most ${depth} parentheses`],
    ['too deep in not', 'not '.repeat(length / 4), `at most ${depth} parentheses`],
    ['too many values', `port in (${'1,'.repeat(values)}1)`, `at most ${values} values`],
  ])('%s is refused', (_what, text, message) => {
    expect(wrong(text)?.message).toContain(message)
  })

  test('of any kind is read or refused, never thrown at, and the place is in it', () => {
    const alphabet = [
      '(',
      ')',
      '"',
      "'",
      '\\',
      '*',
      '=',
      '!',
      '~',
      '<',
      ',',
      ' ',
      '\n',
      'é',
      '😀',
      '\ud800',
    ]
    const words = [
      'port',
      'src',
      'process',
      'bytes',
      'and',
      'or',
      'not',
      'in',
      '443',
      '10.0.0.0/8',
      '1MB',
      '-1h',
    ]
    let state = 1
    const next = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
    let good = 0
    for (let round = 0; round < 20_000; round++) {
      const pieces = Array.from({ length: next(12) }, () =>
        next(2) === 0 ? ` ${words[next(words.length)]} ` : alphabet[next(alphabet.length)],
      )
      const text = pieces.join('')
      const result = parseQuery(text)
      if (result.ok) good++
      else {
        const { position, length: at } = result.error
        expect([text, position >= 0 && position + at <= text.length]).toEqual([text, true])
      }
    }
    expect(good).toBeGreaterThan(10)
  })
})
