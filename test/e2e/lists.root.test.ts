/** The deny and the allow list as users drive them with curl, against real packets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, sleep, THERE, until } from './lab.ts'

interface PacketLine {
  time: string
  seq: number
  src: string
  dst: string
  proto: string
  action: string
  direction: string
}

/** Until an agent that was killed has loaded its program and its lists: two on a free machine, a busy one takes its time. */
const IN_FORCE_AGAIN_S = 40

describe('the lists', () => {
  const lab = createLab()
  const post = (list: string, body: object) =>
    JSON.parse(
      lab.here(
        `${lab.curl} -s -m 10 -H 'content-type: application/json' -d '${JSON.stringify(body)}' http://127.0.0.1:8086/${list}`,
      ),
    ) as Record<string, unknown>
  const remove = (list: string, prefix: string) =>
    JSON.parse(
      lab.here(`${lab.curl} -s -m 10 -X DELETE 'http://127.0.0.1:8086/${list}?ip=${prefix}'`),
    ) as Record<string, unknown>
  const answers = (address = THERE.v4, family = '') => {
    try {
      lab.here(`ping ${family} -c 1 -W 1 ${address}`)
      return true
    } catch {
      return false
    }
  }
  /** Packet events while `act` runs. */
  const events = async (act: () => void | Promise<void>): Promise<PacketLine[]> => {
    const curl = lab.startHere(`${lab.curl} -sN http://127.0.0.1:8086/events`)
    let text = ''
    curl.stdout?.on('data', (chunk) => (text += String(chunk)))
    // Once a packet of ours is told of, all are; and what comes before one is told of before it.
    const untilSeen = (address: string) =>
      until(
        () => {
          if (!text.includes(address)) lab.here(`ping -c 1 -W 1 ${address}`)
          return text
        },
        () => text.includes(address),
      )
    await untilSeen('127.0.0.8')
    await act()
    await untilSeen('127.0.0.9')
    curl.kill()
    return text
      .split('\n')
      .filter((line) => line.startsWith('data: {"time"'))
      .map((line) => JSON.parse(line.slice(6)) as PacketLine)
  }

  beforeAll(async () => {
    lab.up()
    await lab.netscope()
  }, 180_000)
  afterAll(() => lab.down(), 60_000)

  it('a listening curl gets one JSON line per packet, with the old fields first', async () => {
    const lines = await events(() => void answers())
    const echo = lines.find(({ src, proto }) => src === THERE.v4 && proto === 'ICMP')
    expect(Object.keys(echo ?? {}).slice(0, 7)).toEqual([
      'time',
      'seq',
      'src',
      'dst',
      'proto',
      'action',
      'direction',
    ])
    expect(echo).toMatchObject({ action: 'PASS', direction: 'INGRESS' })
    expect(echo?.time).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/)
  })

  it('without a listener the kernel makes no events', async () => {
    await until(
      () => lab.status().events,
      ({ watched }) => !watched,
    )
    await sleep(1500)
    const before = lab.status().events
    answers()
    await sleep(1500)
    expect(lab.status().events).toEqual({ ...before, watched: false })
  })

  it('a blocked address gets no packet through from the answer on, in both directions, and DROP is seen', async () => {
    expect(answers()).toBe(true)
    const lines = await events(() => {
      expect(post('blacklist', { ip: THERE.v4 })).toEqual({ ok: true, ip: THERE.v4 })
      const dropped = lab.flows(`ip=${THERE.v4}&protocol=ICMP`).flows[0]?.srcDroppedPackets ?? 0
      expect(dropped).toBe(0)
      expect(answers()).toBe(false)
      try {
        lab.there('ping -c 2 -i 0.2 -W 1 10.77.0.1')
      } catch {
        // no answer is what we want
      }
    })
    const drops = lines.filter(({ action }) => action === 'DROP')
    expect(drops.some(({ src, direction }) => src === THERE.v4 && direction === 'INGRESS')).toBe(
      true,
    )
    expect(drops.some(({ dst, direction }) => dst === THERE.v4 && direction === 'EGRESS')).toBe(
      true,
    )
    expect(
      lines.filter(
        ({ src, dst, action }) => (src === THERE.v4 || dst === THERE.v4) && action === 'PASS',
      ),
    ).toEqual([])
  })

  it('SSH keeps working while its client is on the deny list', async () => {
    lab.startHere('nc -lk -p 22')
    await until(
      () => lab.here('ss -tlnH'),
      (text) => text.includes(':22'),
    )
    const lines = await events(() => {
      lab.there('echo hello | nc -N -w 10 10.77.0.1 22')
    })
    expect(lines.some(({ action, src }) => action === 'SSH' && src === THERE.v4)).toBe(true)
    expect(() => lab.there('nc -z -w 1 10.77.0.1 8022')).toThrow()
  })

  it('an address on both lists passes as SKIP', async () => {
    expect(post('whitelist', { ip: '10.77.0.0/24' })).toEqual({ ok: true, ip: '10.77.0.0/24' })
    const lines = await events(() => expect(answers()).toBe(true))
    expect(lines.some(({ action, src }) => action === 'SKIP' && src === THERE.v4)).toBe(true)
    expect(remove('whitelist', '10.77.0.0/24')).toMatchObject({ ok: true })
    expect(answers()).toBe(false)
  })

  it('IPv6 prefixes block as well', () => {
    expect(answers(THERE.v6, '-6')).toBe(true)
    expect(post('blacklist', { ip: 'fd77::/64' })).toEqual({ ok: true, ip: 'fd77::/64' })
    expect(answers(THERE.v6, '-6')).toBe(false)
    remove('blacklist', 'fd77::/64')
    expect(answers(THERE.v6, '-6')).toBe(true)
  })

  it('anything that is no address is refused with the reason, and changes nothing', () => {
    for (const ip of ['1.2.3', '300.1.1.1', 'example.com', '', '10.0.0.1/33', '0.0.0.0/0']) {
      expect(post('blacklist', { ip })).toMatchObject({ ok: false, status: 400 })
    }
    expect(JSON.parse(lab.get('/blacklist'))).toMatchObject({ ips: [THERE.v4], total: 1 })
  })

  it.each(['agent', 'server'])('survives kill -9 of the %s', async (which) => {
    await until(
      () => !answers() && (attempt(() => lab.get('/blacklist')) ?? '').includes(THERE.v4),
      (isInForce) => isInForce,
      30,
    )
    const [pid] = lab.pids(`${which}/src/main.ts`)
    expect(pid).toBeGreaterThan(1)
    process.kill(pid!, 'SIGKILL')
    if (which === 'agent') {
      await until(
        () => lab.pids('agent/src/main.ts'),
        ([again]) => again !== undefined && again !== pid,
        IN_FORCE_AGAIN_S,
      )
      await until(answers, (doesAnswer) => !doesAnswer, IN_FORCE_AGAIN_S)
    } else expect(answers()).toBe(false)
    await until(
      () => attempt(() => lab.get('/ready')) ?? '',
      (text) => text.includes('"ready":true'),
    )
    await until(
      () => attempt(() => lab.get('/blacklist')) ?? '',
      (text) => text.includes(THERE.v4),
      30,
    )
    expect(answers()).toBe(false)
  })

  it('removing it lets the packets through again', () => {
    expect(remove('blacklist', THERE.v4)).toMatchObject({ ok: true, ip: THERE.v4 })
    expect(answers()).toBe(true)
  })

  it('metrics are clean for promtool and count by protocol, direction and action', async () => {
    const check = lab.here(
      `${lab.curl} -s http://127.0.0.1:8086/metrics | promtool check metrics 2>&1 || true`,
    )
    // The name is one that others' dashboards ask for.
    const known =
      'network_observability_tcp_rtt_avg_nanoseconds use base unit "seconds" instead of "nanoseconds"'
    expect(check.trim() === '' ? known : check.trim()).toBe(known)
    const counter = /ntc_packets_total\{proto="ICMP",direction="INGRESS",action="PASS"\} \d+/
    await until(
      () => lab.get('/metrics'),
      (text) => counter.test(text),
    )
  })
})

/** undefined while the server is not back. */
const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work()
  } catch {
    return undefined
  }
}
