/** What is proposed at each place of a query. */
import { expect, test } from 'vitest'
import { completionsOf, parseQuery } from './parse-query.ts'

/** `|` is the cursor. */
const at = (marked: string, known: readonly string[] = []) => {
  const cursor = marked.indexOf('|')
  const text = marked.replace('|', '')
  const { from, to, options } = completionsOf(text, cursor, () => known)
  return { replaced: text.slice(from, to), texts: options.map((option) => option.text) }
}

test.each<[string, string, string[]]>([
  ['dstPo|', 'dstPo', ['dstPort']],
  ['vlan = 1 and ver|', 'ver', ['verdict', 'deliveryRate', 'srcDeliveryRate', 'dstDeliveryRate']],
  ['verdict |', '', ['=', '!=', 'in', '~', 'not in', '!~']],
  ['src |', '', ['=', '!=', 'in', 'not in']],
  ['port |', '', ['=', '!=', 'in', '>', '>=', '<', '<=', 'not in']],
  ['verdict = |', '', ['PASS', 'DROP', 'SKIP', 'SSH']],
  ['verdict = d|', 'd', ['DROP']],
  ['verdict = d|rop and vlan = 1', 'drop', ['DROP']],
  ['verdict in (DROP, s|', 's', ['SKIP', 'SSH', 'PASS']],
  ['verdict in (DROP |', '', [',', ')']],
  ['vlan = 1 |', '', ['and', 'or']],
  ['(vlan = 1 |', '', ['and', 'or', ')']],
  ['bogus = 1 and |', '', []],
  ['vlan = 1 o|', 'o', ['or']],
])('%s', (marked, replaced, texts) => {
  expect(at(marked)).toEqual({ replaced, texts })
})

test('names of both sides come first, with their meaning', () => {
  const { options } = completionsOf('', 0)
  expect(options[0]).toEqual({ text: 'ip', kind: 'field', detail: 'Any of: src, dst.' })
})

test('values that are there now are proposed, in quotes where they must', () => {
  const known = ['curl', 'a b', 'ssh']
  expect(at('process = |', known).texts).toEqual(['curl', '"a b"', 'ssh'])
  expect(at('process = "a|', known)).toEqual({ replaced: '"a', texts: ['"a b"'] })
})

test('what is proposed as a value can be read', () => {
  for (const field of [
    'bytes',
    'rttMs',
    'bytesPerSecond',
    'lastSeen',
    'port',
    'packets',
    'srcTcpFlags',
  ])
    for (const text of at(`${field} = |`).texts)
      expect(parseQuery(`${field} = ${text}`)).toMatchObject({ ok: true })
})

test('a cursor outside of the text is taken to its ends', () => {
  expect(completionsOf('po', 99).to).toBe(2)
  expect(completionsOf('po', -1)).toMatchObject({ from: 0, to: 2 })
})
