/** Interfaces of every kind: they come and go, have no Ethernet header, or pass packets on to each other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { join } from 'node:path'
import { createLab, HERE, sleep, THERE, until } from './lab.ts'

describe('interfaces', () => {
  const lab = createLab()
  const attached = (name: string) => lab.status().interfaces?.find((one) => one.name === name)
  const totalOf = (protocol: string) =>
    lab
      .status()
      .totals.filter((total) => total.protocol === protocol)
      .reduce((sum, { packets }) => sum + packets, 0)
  /** Once nothing is on its way any more, and at least `least` are there. */
  const settled = async (protocol: string, least = 0) => {
    await until(
      () => totalOf(protocol),
      (total) => total >= least,
    )
    await sleep(2200)
    return totalOf(protocol)
  }

  beforeAll(async () => {
    lab.up()
    await lab.netscope()
  }, 180_000)
  afterAll(() => lab.down(), 60_000)

  it('one that comes is counted, one that goes is forgotten', async () => {
    lab.here(
      'ip link add nsx0 type veth peer name nsx1 && ip link set nsx0 up && ip link set nsx1 up',
    )
    await until(
      () => attached('nsx0'),
      (found) => found?.attached !== undefined,
    )
    lab.here('ip link del nsx0')
    await until(
      () => attached('nsx0'),
      (found) => found === undefined,
    )
  })

  it('one without an Ethernet header (tun) shows its flows', async () => {
    const tun = lab.startHere(
      `${join(import.meta.dirname, '../../bin/node')} ${join(import.meta.dirname, 'tun.ts')} nstun`,
    )
    await new Promise((resolve) => tun.stdout?.once('data', resolve))
    lab.here('ip addr add 10.79.0.1/24 dev nstun && ip link set nstun up')
    await until(
      () => attached('nstun'),
      (found) => found?.attached !== undefined,
    )
    expect(() => lab.here('ping -c 3 -i 0.1 -W 0.2 10.79.0.2')).toThrow()
    const page = await until(
      () => lab.flows('ip=10.79.0.2'),
      ({ flows }) => flows.some(({ srcPackets }) => srcPackets >= 3),
    )
    expect(page.flows[0]).toMatchObject({
      protocol: 'ICMP',
      interface: 'nstun',
      srcPackets: 3,
      srcBytes: 3 * 84,
    })
    tun.kill('SIGKILL')
  })

  it.each([
    ['IPv4', `ping -c 5 -i 0.1 -s 4000 ${THERE.v4}`, THERE.v4],
    ['IPv6', `ping -6 -c 5 -i 0.1 -s 4000 ${THERE.v6}`, THERE.v6],
  ])('fragments of %s belong to the flow of their first one', async (_family, ping, address) => {
    lab.here(ping)
    const fragments = 3
    const page = await until(
      () => lab.flows(`interface=${HERE.interface}&ip=${address}`),
      ({ flows }) =>
        flows.some(
          ({ srcPackets, dstPackets }) =>
            srcPackets === 5 * fragments && dstPackets === 5 * fragments,
        ),
    )
    expect(page.flows.filter(({ fragment }) => fragment === 1)).toEqual([])
  })

  it('packets on lo are counted once', async () => {
    const before = await settled('ICMP')
    lab.here('ping -c 10 -i 0.05 127.0.0.1')
    expect((await settled('ICMP', before + 20)) - before).toBe(20)
  })

  it('packets that cross a bridge are counted once in the totals, and shown where they were seen', async () => {
    lab.here(
      'ip link add nsbr0 type bridge && ip link set nsbr0 up && ip addr add 10.81.0.254/24 dev nsbr0',
    )
    const [first] = [1, 2].map((n) => lab.addGuest(`nsp${n}`, `10.81.0.${n}/24`))
    for (const n of [1, 2]) lab.here(`ip link set nsp${n} master nsbr0`)
    await until(
      () => [1, 2].map((n) => attached(`nsp${n}`)),
      (found) => found.every((one) => one?.attached !== undefined),
    )
    first?.('ping -c 1 -W 10 10.81.0.2')
    const before = await settled('ICMP')
    first?.('ping -c 10 -i 0.05 10.81.0.2')
    expect((await settled('ICMP', before + 20)) - before).toBe(20)
    first?.('ping -c 10 -i 0.05 10.81.0.254')
    expect((await settled('ICMP', before + 40)) - before).toBe(40)
    const seen = lab.flows('ip=10.81.0.2&protocol=ICMP').flows.map((flow) => flow.interface)
    expect(new Set(seen)).toEqual(new Set(['nsp1', 'nsp2']))
    expect(attached('nsbr0')).toMatchObject({ kind: 'bridge', leaf: false })
  })
})
