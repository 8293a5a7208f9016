/** Interfaces as `ip -j -d link` of iproute2 6.1 and sysfs show them. */
import { describe, expect, it } from 'vitest'
import { createFakeSystem } from './fake-system.ts'
import { readLinks } from './network-links.ts'

const folders = {
  '/sys/class/net': ['veth1', 'lo', 'bonding_masters'],
  '/sys/class/net/lo': ['type'],
  '/sys/class/net/veth1': ['type'],
}
const files = {
  '/sys/class/net/lo/ifindex': '1\n',
  '/sys/class/net/lo/mtu': '65536\n',
  '/sys/class/net/lo/type': '772\n',
  '/sys/class/net/veth1/ifindex': '7\n',
  '/sys/class/net/veth1/mtu': '1500\n',
  '/sys/class/net/veth1/type': '1\n',
}
const veth = (xdp: unknown) =>
  JSON.stringify([{ ifindex: 7, ifname: 'veth1', linkinfo: { info_kind: 'veth' }, xdp }])

const read = (text?: string) =>
  readLinks(
    createFakeSystem({
      folders,
      files,
      ...(text !== undefined && { programs: { 'ip -j -d link show': text } }),
    }),
  )

describe('interfaces', () => {
  it('have kind, MTU, type and XDP programs', async () => {
    const { links, hasIp } = await read(veth({ mode: 2, prog: { id: 5, name: 'drop' } }))
    expect(hasIp).toBe(true)
    expect(links).toEqual([
      { ifindex: 1, name: 'lo', kind: 'loopback', mtu: 65_536, type: 772, xdp: [] },
      {
        ifindex: 7,
        name: 'veth1',
        kind: 'veth',
        mtu: 1500,
        type: 1,
        xdp: [{ mode: 'generic', id: 5, name: 'drop' }],
      },
    ])
  })

  it('may have one XDP program in the driver and one in the NIC', async () => {
    const attached = [
      { mode: 1, prog: { id: 5 } },
      { mode: 3, prog: { id: 6 } },
    ]
    const { links } = await read(veth({ mode: 4, attached }))
    expect(links[1]?.xdp).toEqual([
      { mode: 'native', id: 5 },
      { mode: 'offloaded', id: 6 },
    ])
  })

  it('are known by sysfs alone without ip, or when it says nothing that can be read', async () => {
    expect(await read()).toMatchObject({ hasIp: false, links: [{ name: 'lo' }, { kind: 'other' }] })
    expect((await read('Error')).links).toHaveLength(2)
  })
})
