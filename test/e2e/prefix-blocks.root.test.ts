/** Policies that block prefixes of IPv4 and IPv6, with real packets: who goes, who stays, and how they end. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLab, HERE, THERE, until } from './lab.ts'
import { openMany, scan, talk } from './response-peers.ts'

type Json = Record<string, unknown>
interface Action {
  id: string
  state: string
  target: string
  inForce: boolean
  reachable: string[]
  verification: { passedPackets: number } | null
}

const PORT = 7000
/** Each with an address of ours, of an operator, of who scans, and of a neighbour. */
const NETWORKS = [
  { prefix: '10.80.0.0/24', of: (host: number) => `10.80.0.${host}`, lasts: '1h' },
  { prefix: 'fd80::/64', of: (host: number) => `fd80::${host}`, lasts: '20s' },
].map(({ of, ...rest }) => ({
  ...{ ...rest, own: of(1), operator: of(5), scanner: of(6), beside: of(7) },
}))
type Network = (typeof NETWORKS)[number]

const lab = createLab()
const ask = (method: string, path: string, body?: object): Json => {
  const data = body ? `-H 'content-type: application/json' -d '${JSON.stringify(body)}'` : ''
  const text = lab.here(`${lab.curl} -s -X ${method} ${data} 'http://127.0.0.1:8086${path}'`)
  return text === '' ? {} : (JSON.parse(text) as Json)
}
const action = (id: string) => ask('GET', `/api/v1/actions/${id}`) as unknown as Action
const isAnswered = (from: string, to: string): boolean => {
  try {
    lab.there(`ping -c 1 -W 1 -I ${from} ${to}`)
    return true
  } catch {
    return false
  }
}
const protectedNow = () =>
  ask('GET', '/api/v1/protected')['protected'] as { prefix: string; kind: string }[]
const addAddress = (side: (command: string) => string, name: string, address: string) =>
  side(`ip addr add ${address} dev ${name}${address.includes(':') ? ' nodad' : ''}`)

beforeAll(async () => {
  lab.up()
  for (const { prefix, own, operator, scanner, beside } of NETWORKS) {
    const length = prefix.slice(prefix.indexOf('/'))
    addAddress(lab.here, HERE.interface, own + length)
    for (const one of [operator, scanner, beside])
      addAddress(lab.there, THERE.interface, one + length)
  }
  talk(lab.startHere, PORT)
  await lab.netscope({
    NETSCOPE_RESPOND_VERIFY_SECONDS: '1',
    NETSCOPE_RESPOND_MANAGEMENT_NETWORKS: NETWORKS.map(({ operator }) => operator).join(','),
  })
  for (const address of NETWORKS.flatMap(({ own, operator }) => [own, operator]))
    await until(protectedNow, (all) => all.some(({ prefix }) => prefix === address), 30)
}, 180_000)
afterAll(() => lab.down(), 60_000)

/** A policy that answers scans of the network's scanner, confirmed, and what it did about one. */
const answered = async ({ scanner, own, lasts }: Network, name: string): Promise<Action> => {
  const when = `detector ~ scan and src = ${scanner}`
  const what = { name, when, mode: 'enforce', for: lasts, do: { block: 'prefix' } }
  expect(ask('POST', '/api/v1/policies', what)).toMatchObject({ modeNow: 'enforce' })
  expect(ask('POST', `/api/v1/policies/${name}/confirm`)).toMatchObject({ trial: 'confirmed' })
  // Somebody is there: one who may be forged never has its prefix blocked.
  const { output } = openMany(lab.startThere, scanner, own, PORT, 3)
  await until(output, (text) => text.includes('made 3'), 30)
  scan(lab.startThere, scanner, own)
  const actions = await until(
    () => ask('GET', `/api/v1/actions?policy=${name}`)['actions'] as Action[],
    (all) => all.some(({ inForce }) => inForce),
    30,
  )
  return actions.find(({ inForce }) => inForce)!
}

const check = async ({ prefix, own, operator, scanner, beside }: Network, made: Action) => {
  expect(made).toMatchObject({ target: prefix, reachable: [own, operator] })
  expect([scanner, beside, operator].map((from) => isAnswered(from, own))).toEqual([
    ...[false, false, true],
  ])
  const { verification } = await until(
    () => action(made.id),
    (now) => now.verification !== null,
    30,
  )
  expect(verification?.passedPackets).toBe(0)
}

const [FOUR, SIX] = NETWORKS as [Network, Network]

it('a /64 goes with all its addresses but those that are protected, until its time is over', async () => {
  const made = await answered(SIX, 'six')
  await check(SIX, made)
  await until(
    () => action(made.id),
    ({ state }) => state === 'expired',
    60,
  )
  expect(isAnswered(SIX.beside, SIX.own)).toBe(true)
})

it('a /24 stays blocked when the server is killed, and passes again when somebody undoes it then', async () => {
  const made = await answered(FOUR, 'four')
  await check(FOUR, made)
  const [pid] = lab.pids('server/src/main.ts')
  process.kill(pid!, 'SIGKILL')
  await until(
    () => lab.pids('server/src/main.ts'),
    (pids) => pids.length > 0 && !pids.includes(pid!),
    30,
  )
  expect([FOUR.beside, FOUR.operator].map((from) => isAnswered(from, FOUR.own))).toEqual([
    ...[false, true],
  ])
  await until(
    () => lab.here('curl -s -m 2 http://127.0.0.1:8086/ready; true'),
    (answer) => answer.includes('"ready":true'),
    60,
  )
  expect(action(made.id)).toMatchObject({ inForce: true })
  const undone = ask('POST', `/api/v1/actions/${made.id}/undo`)
  expect(undone).toMatchObject({ state: 'undone' })
  expect(isAnswered(FOUR.beside, FOUR.own)).toBe(true)
})
