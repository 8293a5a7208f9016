/** Filters as `tc -j` of iproute2 6.1 prints them. */
import { describe, expect, it } from 'vitest'
import { createFakeSystem } from './fake-system.ts'
import { readFilters } from './tc-filters.ts'

const QDISCS = JSON.stringify([
  { kind: 'noqueue', handle: '0:', dev: 'lo', root: true },
  { kind: 'clsact', handle: 'ffff:', dev: 'eth0', parent: 'ffff:fff1' },
])
const head = { protocol: 'all', pref: 10, kind: 'bpf', chain: 0 }
const INGRESS = JSON.stringify([
  head,
  {
    ...head,
    options: {
      handle: '0x4e53',
      bpf_name: 'netscope_in:[12]',
      'direct-action': true,
      prog: { id: 12, name: 'netscope_in' },
    },
  },
])
const EGRESS = JSON.stringify([
  { protocol: 'ip', pref: 5, kind: 'flower', chain: 0, options: { handle: 1, in_hw: true } },
])
const OURS = {
  interface: 'eth0',
  side: 'ingress',
  priority: 10,
  name: 'netscope_in',
  id: 12,
  inHardware: false,
}
const FLOWER = { ...OURS, side: 'egress', priority: 5, name: 'flower', id: 0, inHardware: true }

const read = (programs: Record<string, string>) => readFilters(createFakeSystem({ programs }))

describe('tc filters', () => {
  it('come from one batch, with name, number and whether the NIC applies them', async () => {
    const programs = {
      'tc -j qdisc show': QDISCS,
      'tc -j -force -b -': `${INGRESS}\n${EGRESS}\n`,
    }
    expect(await read(programs)).toEqual([OURS, FLOWER])
  })

  it('are asked for one by one when an interface has gone meanwhile', async () => {
    const programs = {
      'tc -j qdisc show': QDISCS,
      'tc -j -force -b -': `${EGRESS}\n`,
      'tc -j filter show dev eth0 egress': EGRESS,
    }
    expect(await read(programs)).toEqual([FLOWER])
  })

  it('are none without a clsact hook, and unknown without tc', async () => {
    expect(await read({ 'tc -j qdisc show': '[]' })).toEqual([])
    expect(await read({})).toBeUndefined()
  })

  it('that are no JSON are none', async () => {
    expect(await read({ 'tc -j qdisc show': 'Error: what' })).toEqual([])
  })
})
