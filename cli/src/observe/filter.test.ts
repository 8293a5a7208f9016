/** The filters of a command line together. */
import { expect, test } from 'vitest'
import { fakeFlow } from '../client/fake-flow.ts'
import { createFilter, type GivenFilter } from './filter.ts'

/** `--not --port 443` as one text. */
const given = (line: string): GivenFilter[] => {
  const filters: GivenFilter[] = []
  let negated = false
  const words = line.split(' ').filter(Boolean)
  for (let i = 0; i < words.length; i++) {
    const option = words[i]!.slice(2)
    if (option === 'not') negated = true
    else {
      filters.push({ option, text: words[++i]!, negated })
      negated = false
    }
  }
  return filters
}
const filter = (line: string) => createFilter(given(line), () => 0)

const FLOW = fakeFlow({
  srcProcess: 'curl',
  srcPid: 4711,
  srcContainer: 'docker:0123456789ab',
  dstName: 'www.example.com',
  sni: 'example.com',
  dstUnit: 'nginx.service',
})

test.each<[string, boolean]>([
  ['', true],
  ['--from 10.0.0.0/24', true],
  ['--to 10.0.0.0/24', false],
  ['--from curl', true],
  ['--to curl', false],
  ['--from CURL', true],
  ['--from cur', false],
  ['--from cur*', true],
  ['--from docker:0123456789ab', true],
  ['--from 0123456789ab', true],
  ['--from 0123456789abcdef0123456789abcdef', true],
  ['--from 1123456789ab', false],
  ['--to example.com', true],
  ['--to *.example.com', true],
  ['--to *.example.co', false],
  ['--to wwwXexample.com', false],
  ['--to nginx.service', true],
  ['--port 443 --port 80', true],
  ['--port 80 --port 22', false],
  ['--port 443 --protocol udp', false],
  ['--not --port 443', false],
  ['--not --port 80', true],
  ['--not --port 80 --port 443', true],
  ['--not --port 80 --not --port 443', false],
  ['--not --where dstPort=80', true],
  ['--where dstPort>400 --where dstPort<500', true],
  ['--where dstPort>400 --where dstPort<440', false],
  ['--process 4711', true],
  ['--process 4712', false],
  ['--container docker:0123456789ab', true],
  ['--interface eth1', false],
])('%s: %j', (line, expected) => {
  expect(filter(line).test(FLOW)).toBe(expected)
})

test.each<[string, string, string]>([
  ['', '', ''],
  [
    '--ip 10.0.0.0/8 --port 443 --protocol udp',
    '(ip = 10.0.0.0/8) and (port = 443) and (protocol = udp)',
    '(ip = 10.0.0.0/8) and (port = 443) and (protocol = udp)',
  ],
  ['--from 2001:DB8::/32', '(src in 2001:DB8::/32)', '(src in 2001:DB8::/32)'],
  [
    '--from *.a.b',
    '(srcName = *.a.b or srcProcess = *.a.b or srcContainer = *.a.b or srcUnit = *.a.b)',
    '(srcName = *.a.b or srcProcess = *.a.b or srcContainer = *.a.b or srcUnit = *.a.b)',
  ],
  ['--process 4711', '(pid = 4711)', '(pid = 4711)'],
  ['--port 443 --port 80', '((port = 443) or (port = 80))', '((port = 443) or (port = 80))'],
  ['--not --port 443', 'not (port = 443)', 'not (port = 443)'],
  ['--where bytes>1 --where process=', '(bytes>1) and (process="")', '(process="")'],
])('the server is asked of %s for %s, and to follow for %s', (line, filter, settled) => {
  const made = createFilter(given(line), () => 0)
  expect(made.query).toEqual(filter === '' ? {} : { filter })
  expect(made.settled).toEqual(settled === '' ? {} : { filter: settled })
})

const reasonOf = (option: string, text: string): string => {
  try {
    createFilter([{ option, text, negated: false }], () => 0)
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

test.each([
  ['filter', 'dstPrt=443', 'dstPrt=443: there is no field "dstPrt"; did you mean dstPort?'],
  [
    'filter',
    'port=1 and verdict=DROPP',
    'port=1 and verdict=DROPP: verdict is never "DROPP", but one of PASS, DROP, SKIP, SSH (character 20); did you mean DROP?',
  ],
  ['port', 'https', '--port https: port needs a port from 0 to 65535, not "https"'],
  ['from', '', '--from : it is empty'],
])('--%s %s: %s', (option, text, reason) => {
  expect(reasonOf(option, text)).toBe(reason)
})
