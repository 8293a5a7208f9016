/** Answers to attacks with real traffic: connections that are ended, limits of rate, what stays reachable, what was verified. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, HERE, THERE, until } from './lab.ts'
import { callTcp, callUdp, hold, openMany, scan, talk } from './response-peers.ts'

type Json = Record<string, unknown>
interface Action {
  id: string
  state: string
  inForce: boolean
  terminated: number | null
  reachable: string[]
  verification: { passedPackets: number; droppedPackets: number } | null
  steps: { state: string; reason: string }[]
}

/** Behind the host of NetScope, which forwards. */
const GUEST = '10.79.0.2'
const ROUTER = '10.79.0.1'
/** More addresses of the other host: who works by SSH, and others that scan. */
const OPERATOR = '10.77.0.5'
const BESIDE = '10.77.0.6'
const TALKATIVE = '10.77.0.7'
const PORT = 7000

describe('answers to attacks', () => {
  const lab = createLab()
  let guest: (command: string) => string
  const ask = (method: string, path: string, body?: object): Json => {
    const data = body ? `-H 'content-type: application/json' -d '${JSON.stringify(body)}'` : ''
    const text = lab.here(`${lab.curl} -s -X ${method} ${data} 'http://127.0.0.1:8086${path}'`)
    return text === '' ? {} : (JSON.parse(text) as Json)
  }
  const block = (ip: string, given: object = {}) =>
    ask('POST', '/api/v1/actions', { ip, ...given }) as unknown as Action & Json
  const action = (id: string) => ask('GET', `/api/v1/actions/${id}`) as unknown as Action
  const undo = (id: string) => ask('POST', `/api/v1/actions/${id}/undo`)
  const verified = (id: string) =>
    until(
      () => action(id),
      ({ verification }) => verification !== null,
      20,
    )
  const isAnswered = (from: string, to: string = HERE.v4): boolean => {
    try {
      lab.there(`ping -c 1 -W 1 -I ${from} ${to}`)
      return true
    } catch {
      return false
    }
  }
  const protectedNow = () =>
    ask('GET', '/api/v1/protected')['protected'] as { prefix: string; kind: string }[]

  beforeAll(async () => {
    lab.up()
    guest = lab.addGuest('port0', `${GUEST}/24`)
    lab.here(`ip addr add ${ROUTER}/24 dev port0 && sysctl -qw net.ipv4.ip_forward=1`)
    guest(`ip route add default via ${ROUTER}`)
    for (const address of [OPERATOR, BESIDE, TALKATIVE])
      lab.there(`ip addr add ${address}/24 dev ${THERE.interface}`)
    lab.there(`ip route add 10.79.0.0/24 via ${HERE.v4}`)
    // The gateway of the host that NetScope runs on.
    lab.here(`ip route add default via ${GUEST}`)
    for (const port of [22, PORT]) talk(lab.startHere, port)
    talk((command) => lab.startGuest(0, command), PORT)
    await lab.netscope({ NETSCOPE_RESPOND_VERIFY_SECONDS: '1' })
  }, 180_000)
  afterAll(() => lab.down(), 60_000)

  it('established connections of who is blocked end: local ones, those that pass through, and of UDP', async () => {
    const local = callTcp(lab.startThere, HERE.v4, PORT)
    const through = callTcp(lab.startThere, GUEST, PORT)
    const udp = callUdp(lab.startHere, THERE.v4, 7001)
    for (const one of [local, through, udp])
      await until(one.output, (text) => text.includes('open'), 20)
    const made = block(THERE.v4)
    expect(made).toMatchObject({ inForce: true })
    expect(made.terminated).toBeGreaterThanOrEqual(2)
    const told = made.steps.map(({ reason }) => reason).join('; ')
    expect(told).toMatch(/1 pass through/)
    // Its sockets here, and the sockets of both that it talked with: none waits for a time-out.
    await until(udp.output, (text) => text.includes('ended'), 20)
    for (const one of [local, through])
      await until(one.output, (text) => text.includes('ended ECONNRESET'), 20)
    const established = `ss -Htn state established '( sport = :${PORT} )'`
    const left = () => lab.here(established) + guest(established)
    await until(left, (text) => !text.includes(THERE.v4), 20)
    expect(isAnswered(THERE.v4)).toBe(false)
    const { verification, state } = await verified(made.id)
    expect([verification?.passedPackets, state]).toEqual([0, 'verified'])
    undo(made.id)
    expect(isAnswered(THERE.v4)).toBe(true)
  })

  it('a block that does not hold is told by what has passed', async () => {
    ask('POST', '/whitelist', { ip: THERE.v4 })
    // All the time, so that some come while it is verified.
    const steady = lab.startThere(`ping -q -i 0.1 -w 60 -I ${THERE.v4} ${HERE.v4}`)
    const made = block(THERE.v4, { terminate: false })
    expect(isAnswered(THERE.v4)).toBe(true)
    const { verification, state, steps } = await verified(made.id)
    expect(verification?.passedPackets).toBeGreaterThan(0)
    expect([state, steps.at(-1)?.reason]).toEqual([
      'failed',
      expect.stringMatching(/^[1-9]\d* packets passed/),
    ])
    steady.kill()
    undo(made.id)
    ask('DELETE', `/whitelist?ip=${THERE.v4}`)
  })

  it('who scans is limited, by connections or packets, until that expires', async () => {
    const rateLimit = { packetsPerSecond: 5, burst: 5 }
    for (const [name, src, of] of [
      ['connections', BESIDE, 'syn'],
      ['packets', TALKATIVE, 'packets'],
    ]) {
      const made = ask('POST', '/api/v1/policies', {
        ...{ name, when: `detector ~ scan and src = ${src}`, mode: 'enforce', for: '14s' },
        do: { block: 'no', terminate: false, rateLimit: { ...rateLimit, of } },
      })
      expect(made).toMatchObject({ modeNow: 'enforce' })
      scan(lab.startThere, src!, HERE.v4)
    }
    const inState = (policy: string, state: string) =>
      until(
        () => ask('GET', `/api/v1/actions?policy=${policy}`)['actions'] as Action[],
        (all) => all.some((one) => one.state === state),
        30,
      )
    const made = async () => {
      const { output } = openMany(lab.startThere, BESIDE, HERE.v4, PORT, 30)
      return Number((await until(output, (text) => text.includes('made'), 20)).split(' ')[1])
    }
    const returned = () =>
      Number(
        / (\d+) received/.exec(
          lab.there(`ping -c 30 -i 0.02 -W 1 -I ${TALKATIVE} ${HERE.v4}; true`),
        )?.[1],
      )
    await inState('packets', 'in-force')
    expect(returned()).toBeLessThan(30)
    await inState('connections', 'in-force')
    expect(await made()).toBeLessThan(30)
    // Only what begins connections.
    expect(isAnswered(BESIDE)).toBe(true)
    expect(lab.status().limits?.droppedPackets).toBeGreaterThan(0)
    for (const name of ['packets', 'connections']) await inState(name, 'expired')
    await until(returned, (count) => count === 30, 20)
    await until(made, (count) => count === 30, 20)
  })

  it('what must stay reachable does: who works by SSH, own addresses, the gateway', async () => {
    hold(lab.startThere, OPERATOR, HERE.v4, 22)
    await until(protectedNow, (all) => all.some(({ prefix }) => prefix === OPERATOR), 20)
    for (const ip of [OPERATOR, GUEST, HERE.v4])
      expect(block(ip)).toMatchObject({ code: 'block.protected' })
    expect(block(OPERATOR)['detail']).toMatch('SSH session')
    expect(block('10.79.0.0/24')).toMatchObject({ inForce: true, reachable: [ROUTER, GUEST] })
    expect(lab.here(`ping -c 1 -W 1 ${GUEST}`)).toMatch(' 1 received')
    const made = block('10.77.0.0/24')
    expect(made.reachable.toSorted()).toEqual([HERE.v4, OPERATOR])
    expect(made.steps.at(-1)?.reason ?? '').not.toBe('')
    expect([isAnswered(OPERATOR), isAnswered(BESIDE)]).toEqual([true, false])
    expect((await verified(made.id)).verification?.passedPackets).toBe(0)
  })

  it('and when the agent is killed it does so all the time until it is back, and longer', async () => {
    const steady = lab.startThere(`ping -c 80 -i 0.1 -W 2 -I ${OPERATOR} ${HERE.v4}`)
    let text = ''
    steady.stdout?.on('data', (chunk: Buffer) => (text += String(chunk)))
    const [pid] = lab.pids('agent/src/main.ts')
    process.kill(pid!, 'SIGKILL')
    await until(
      () => [lab.pids('agent/src/main.ts'), isAnswered(BESIDE)] as const,
      ([pids, answered]) => pids.length > 0 && !pids.includes(pid!) && !answered,
      30,
    )
    await until(
      () => text,
      (all) => all.includes('received'),
      30,
    )
    expect(text).toMatch(' 80 received')
    await until(
      () => lab.get('/ready'),
      (answer) => answer.includes('"ready":true'),
      30,
    )
    expect([isAnswered(OPERATOR), isAnswered(BESIDE)]).toEqual([true, false])
  })
})
