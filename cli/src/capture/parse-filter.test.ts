/** Filters of captures: what is wrong is named, with what is allowed. */
import { expect, test } from 'vitest'
import { parseCaptureFilter } from './parse-filter.ts'

test.each([
  ['', {}],
  ['  ', {}],
  ['host 192.0.2.7', { ip: '192.0.2.7' }],
  ['net 10.1.2.3/8', { ip: '10.0.0.0/8' }],
  ['net 2001:DB8::/32 and port 53', { ip: '2001:db8::/32', port: 53 }],
  [
    'interface eth0  and proto tcp and port 0 and host ::1',
    { interface: 'eth0', protocol: 'tcp', port: 0, ip: '::1' },
  ],
  ['proto 132', { protocol: '132' }],
])('%j is %j', (text, filter) => {
  expect(parseCaptureFilter(text)).toEqual(filter)
})

test.each([
  ['hst 1.2.3.4', 'there is no word "hst"'],
  ['constructor 1', 'there is no word "constructor"'],
  ['host', 'host needs a value'],
  ['host 1.2.3', '"1.2.3" is not an address'],
  ['host 10.0.0.0/8', 'is a net, not a host'],
  ['host 1.2.3.4 and net 10.0.0.0/8', 'net names one thing more'],
  ['port 70000', '"70000" is no port'],
  ['port 1e3', '"1e3" is no port'],
  ['proto tpc', '"tpc" is none of ICMP, TCP'],
  ['port 1 or port 2', 'before "or" must be `and`'],
  ['port 1 and', 'something must follow `and`'],
  ['port 1 proto tcp', 'before "proto" must be `and`'],
  ['and', 'there is no word "and"'],
])('%j: %s', (text, reason) => {
  expect(() => parseCaptureFilter(text)).toThrow(reason)
  try {
    parseCaptureFilter(text)
  } catch (error) {
    expect(error).toMatchObject({ code: 'capture.filter' })
    expect((error as { remedy: string }).remedy).toContain('host ADDRESS, net PREFIX')
  }
})
