/** docs/reference/query.md (written anew by `vitest run -u`), and that its examples are read. */
import { FLOW_QUERY_FIELDS, parseQuery } from '@netscope/core/query/parse-query.ts'
import { QUERY_LIMITS } from '@netscope/core/query/query.ts'
import type { QueryField } from '@netscope/core/query/query-field.ts'
import { isNumberType, NUMBER_KINDS, TIME_KIND } from '@netscope/core/query/value.ts'
import { columnSql } from '@netscope/server/store/column-sql.ts'
import { expect, test } from 'vitest'

const { list } = FLOW_QUERY_FIELDS

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`)

const valuesOf = ({ values }: QueryField): string => {
  const named = values?.filter((value) => /^[a-z]/i.test(value)) ?? []
  return named.length === 0 ? '' : ` One of ${named.map((value) => `\`${value}\``).join(', ')}.`
}

const isKept = ({ of }: QueryField): boolean =>
  of.every((name) => columnSql(name, 'history') !== undefined)

const row = (field: QueryField): string => {
  const { name, type, description } = field
  const live = isKept(field) ? '' : ' Not in the history.'
  return `| \`${name}\` | ${type} | ${cell(description)}${valuesOf(field)}${live} |`
}

const table = (fields: readonly QueryField[]): string =>
  ['| field | type | meaning |', '|---|---|---|', ...fields.map(row)].join('\n')

const TYPES = ['port', 'count', 'bytes', 'rate', 'duration', 'flags'] as const

const typeRows = TYPES.filter(isNumberType).map((type) => {
  const { allowed, examples } = NUMBER_KINDS[type]
  return `| ${type} | ${allowed} | ${examples.map((text) => `\`${text}\``).join(' ')} |`
})

const page = `<!-- Generated from the flow field table and core/src/query by test/query/reference.test.ts (\`vitest run -u\`). -->
# The filter language

One language says which flows are meant: in \`filter=\` of the API (live flows, their stream, the history), in \`netscope observe --filter\` and
\`netscope top --filter\`, and in the filter box of the page.

    src in 10.0.0.0/8 and dstPort = 443 and bytes > 1MB and process ~ "curl"
    verdict = DROP or (protocol = tcp and not handshake = complete)
    name = *.example.com and lastSeen > -1h
    ip in (10.0.0.0/8, 2001:db8::/32) and port not in (80, 443)
    srcTcpFlags ~ SYN+RST and retransmits >= 3 and rtt > 100ms

## Tests

A test is a field, an operator and a value. Names of fields and words of the language are taken in any case; milliseconds may be asked for
without \`Ms\`: \`rtt > 10ms\`.

| operator | holds when the field |
|---|---|
| \`=\` \`!=\` | is the value, is not; of an address also: lies in the prefix |
| \`<\` \`<=\` \`>\` \`>=\` | is less, more; of numbers and times |
| \`in\` \`not in\` | is one of \`(a, b, …)\`, or, of an address, lies in one of these prefixes; a single value needs no parentheses |
| \`~\` \`!~\` | holds the text somewhere; of TCP flags: has all of these |

\`!=\`, \`!~\` and \`not in\` are the opposite of \`=\`, \`~\` and \`in\`: of a field of both sides they say that neither side is so.

Tests are joined by \`and\` and \`or\` and turned round by \`not\`; \`not\` binds closest, then \`and\`, then \`or\`; parentheses go before. An empty
filter asks for everything.

## Values

| type | is written as | for example |
|---|---|---|
| address | an address or prefix of IPv4 or IPv6 | \`10.0.0.7\` \`10.0.0.0/8\` \`2001:db8::/32\` |
${typeRows.join('\n')}
| time | ${TIME_KIND.allowed} | ${TIME_KIND.examples.map((text) => `\`${text}\``).join(' ')} |
| text | as it is, or in \`"\` or \`'\` | \`curl\` \`"a b"\` \`*.example.com\` |

- **Text.** \`=\`, \`in\` and \`~\` don't count the case of the letters A to Z (of others they do, so that live flows and the history agree whatever
  version of Unicode each has). \`*\` stands for any text: \`=\` compares the whole text with the pattern, \`~\` looks for it anywhere. There are no
  regular expressions: the time a pattern takes grows with the text alone. \`""\` is what is not known: \`process = ""\`; \`process = *\`
  is what is known. Ids are compared exactly, and where all values are known a wrong one is an error.
- Quotes are needed around texts with white space, commas, quotes or parentheses, and around an empty text; \`\\\` before a quote or another
  \`\\\` makes it part of the text.
- **Addresses** are compared as the 16 bytes that they are, IPv4 as \`::ffff:a.b.c.d\`: \`0.0.0.0/0\` holds all of IPv4 and nothing of IPv6,
  \`::/0\` holds everything. Prefixes in between that would hold all of IPv4 too are refused.
- **Numbers.** \`kB\`, \`MB\`, \`GB\`, \`TB\` count by 1000, \`KiB\`, \`MiB\`, \`GiB\`, \`TiB\` by 1024, \`k\`, \`M\`, \`G\` of counts by 1000. A bare duration is in
  milliseconds. What was not measured is 0.
- **Times.** Without a zone they are UTC. \`-5m\` and \`5m\` are five minutes before now, where a stream or a page that stays open goes on with
  its now. A time that is not known is neither before nor after another.

## Fields of both sides

Amounts are the sum of both sides. Of all others one side is enough: \`port = 443\` holds where either port is 443, \`port != 443\` where
neither is.

${table(list.filter(({ of }) => of.length > 1))}

## Fields

${table(list.filter(({ of }) => of.length === 1))}

In the history a flow that lives long is stored in parts, and a filter judges each part: of counters what that part adds.

## Errors

What is wrong is said with its place, and with what could stand there:

    $ curl -G http://127.0.0.1:8086/api/v1/flows --data-urlencode 'filter=port = 1 and dstPrt = 443'
    {"code":"query.filter","status":400,"detail":"The filter is wrong at character 14: there is no field \\"dstPrt\\"; did you mean dstPort?",
     "position":13,"length":6,"suggestion":"dstPort", …}

\`position\` (from 0) and \`length\` count UTF-16 code units. \`GET /api/v1/query/completions?text=…&cursor=…\` says what could stand at the cursor (without
\`cursor\`: at the end), values of live flows included:

    {"from":10,"to":11,"options":[{"text":"DROP","kind":"value","detail":""}]}

## Limits

A query has at most ${QUERY_LIMITS.length} characters, ${QUERY_LIMITS.values} values, ${QUERY_LIMITS.depth} parentheses and \`not\` inside each other, and ${QUERY_LIMITS.wildcards} \`*\` in one text.
`

test('docs/reference/query.md is this', async () => {
  await expect(page).toMatchFileSnapshot('../../docs/reference/query.md')
})

test('its examples are read', () => {
  const examples = [...page.matchAll(/^ {4}((?:src|verdict|name|ip|srcTcpFlags) .*)$/gm)]
  expect(examples).toHaveLength(5)
  for (const [, text = ''] of examples) expect([text, parseQuery(text).ok]).toEqual([text, true])
})

test('every value that it shows can be read', () => {
  const fieldOf = (type: string) => list.find((field) => field.type === type)?.name ?? ''
  for (const type of TYPES)
    for (const example of NUMBER_KINDS[type].examples)
      expect(parseQuery(`${fieldOf(type)} = ${example}`)).toMatchObject({ ok: true })
  for (const example of TIME_KIND.examples)
    expect(parseQuery(`lastSeen > ${example}`)).toMatchObject({ ok: true })
})
