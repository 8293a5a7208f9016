/**
 * Two agents and a server on three hosts, over TLS: each is killed under load and a line is cut, and every flow record
 * arrives exactly once. FLEET_CUT_SECONDS=300 cuts it for five minutes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AGENTS, BLOCKED, createFleetLab, type AgentName } from './fleet-lab.ts'
import { sleep, until } from './lab.ts'

const CUT_SECONDS = Number(process.env['FLEET_CUT_SECONDS'] ?? 12)
const RATE = 200
/** From a packet to the record in the spool: silence of a second, a tick to find it, one to settle. */
const HARVESTED_MS = 8000

describe('a fleet', () => {
  const lab = createFleetLab()
  const tokens: string[] = []
  const connected = (name: AgentName) => lab.agent(name)?.state === 'connected'
  const untilConnected = (name: AgentName) =>
    until(
      () => attempt(() => connected(name)),
      (is) => is === true,
      60,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${lab.logs.slice(-30).join('\n')}`)
    })

  beforeAll(async () => {
    lab.up()
    await lab.startServer()
    for (const name of AGENTS) {
      const { token } = lab.post('/api/v1/agents/invite', {}) as { token: string }
      tokens.push(token)
      lab.startAgent(name, token)
    }
    await Promise.all(AGENTS.map(untilConnected))
  }, 300_000)
  afterAll(() => lab.down(), 60_000)

  it('lets agents in by a token, and measures their clocks', async () => {
    const agents = await until(
      () => lab.agents(),
      (all) => all.every(({ clock, lists }) => clock && lists?.inForce),
    )
    expect(agents.map(({ name }) => name)).toEqual(['agent-a', 'agent-b'])
    for (const { clock } of agents) {
      // They run on the same machine: what is measured is off by half of the round trip at most.
      expect(Math.abs(clock!.offsetMs)).toBeLessThanOrEqual(clock!.roundTripMs / 2 + 1)
    }
  })

  it(
    'every record arrives exactly once, whoever is killed and whatever is cut, and lists stay in force',
    async () => {
      expect(lab.passes('a')).toBe(true)
      expect(lab.post('/blacklist', { ip: BLOCKED })).toEqual({ ok: true, ip: BLOCKED })
      for (const name of AGENTS) expect(lab.passes(name)).toBe(false)
      const traffic = { a: lab.traffic('a', RATE), b: lab.traffic('b', RATE) }
      await sleep(4000)

      lab.kill('server')
      expect(lab.passes('b')).toBe(false)
      await Promise.all(AGENTS.map(untilConnected))

      lab.link('a', 'down')
      await sleep(CUT_SECONDS * 1000)
      const killedA = Date.now()
      lab.kill('a')
      await sleep(500)
      // Restarted without a server: what is blocked is so by what the agent keeps itself.
      await until(
        () => lab.passes('a'),
        (passes) => !passes,
        30,
      )
      const killedB = Date.now()
      lab.kill('b')
      lab.link('a', 'up')
      await Promise.all(AGENTS.map(untilConnected))
      const backAgain = Date.now()
      await sleep(2000)
      for (const name of AGENTS) await traffic[name].stop()

      for (const [name, killed] of [
        ['a', killedA],
        ['b', killedB],
      ] as const) {
        const { before, total } = traffic[name]
        // What the kernel counts at the moment when the agent is killed was never a record.
        const isSure = (flow: number) =>
          flow < before(killed - HARVESTED_MS) || flow >= before(backAgain)
        const sure = Array.from({ length: total() }, (_, i) => i).filter(isSure)
        expect(sure.length).toBeGreaterThan(4 * RATE)
        const found = await until(
          async () => {
            await sleep(500)
            return lab.stored(name)
          },
          (counts) => sure.every((flow) => counts.has(flow)),
          40,
        ).catch((error: unknown) => {
          const counts = lab.stored(name)
          const missing = sure.filter((flow) => !counts.has(flow))
          throw new Error(
            `${missing.length} of ${sure.length} missing: ${missing.slice(0, 20).join()} ${String(error).slice(0, 60)}\n${lab.logs.slice(-30).join('\n')}`,
          )
        })
        const twice = [...found].filter(([, copies]) => copies.length > 1)
        expect(twice).toEqual([])
        expect(Math.max(...found.keys())).toBeLessThan(total())
        expect(lab.passes(name)).toBe(false)
        expect(lab.agent(name)).toMatchObject({ state: 'connected', lists: { inForce: true } })
      }
    },
    (180 + CUT_SECONDS) * 1000,
  )

  it('does not take a token twice, and shuts out whom it is told to', async () => {
    expect(lab.ask('/api/v1/agents/agent-b', '-X DELETE')).toMatchObject({ name: 'agent-b' })
    await until(
      () =>
        lab.logs.filter((line) => line.includes('The credential of agent agent-b is not known')),
      (lines) => lines.length > 0,
    )
    expect(lab.agents().map(({ name }) => name)).toEqual(['agent-a'])
    expect(tokens).toHaveLength(2)
  })
})

const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work()
  } catch {
    return undefined
  }
}
