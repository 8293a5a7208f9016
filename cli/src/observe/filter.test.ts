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
const filter = (line: string) => createFilter(given(line), 0)

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

test.each<[string, Record<string, string>]>([
  ['--ip 10.0.0.0/8 --port 443 --protocol udp', { ip: '10.0.0.0/8', port: '443', protocol: 'UDP' }],
  ['--from 10.0.0.5 --to 2001:DB8::/32', { src: '10.0.0.5', dst: '2001:db8::/32' }],
  ['--to *.example.com', { q: '.example.com' }],
  ['--process curl --name example.com', { process: 'curl', name: 'example.com' }],
  ['--process 4711', { pid: '4711' }],
  ['--where srcPort=1 --where process~ur', { srcPort: '1', process: 'ur' }],
  ['--not --port 443', {}],
  ['--port 443 --port 80', {}],
  ['--where port!=443 --where port>1 --where process= --where bytes>1', {}],
])('the server is asked of %s for %j', (line, query) => {
  expect(filter(line).query).toEqual(query)
})
