/** `netscope observe` and `netscope top` as a shell sees them, against a server that speaks the API. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeFlow, timeAt } from '../client/fake-flow.ts'
import { startFakeServer, type FakeServer } from '../client/fake-server.ts'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const PATIENCE = { timeout: 15_000, interval: 20 }

let server: FakeServer
let child: ChildProcess | undefined

beforeEach(async () => {
  server = await startFakeServer([
    fakeFlow({ id: 'web', srcProcess: 'curl', srcPid: 4711, dstName: 'example.com' }),
    fakeFlow({ id: 'dns', protocol: 'UDP', dstPort: 53, dst: '10.0.0.1', lastSeen: timeAt(900) }),
    fakeFlow({
      id: 'old',
      dstPort: 22,
      end: 'closed',
      lastSeen: timeAt(500),
      srcProcess: '\u001b[2J',
    }),
  ])
})
afterEach(async () => {
  child?.kill('SIGKILL')
  child = undefined
  await server.close()
})

const start = (...args: string[]) => {
  const env = { PATH: process.env['PATH'], NETSCOPE_SERVER: server.url.href, TZ: 'UTC' }
  const started = spawn(process.execPath, [MAIN, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child = started
  return started
}
const run = async (...args: string[]) => {
  const started = start(...args)
  const closed = once(started, 'close')
  const [out, err] = await Promise.all([text(started.stdout), text(started.stderr)])
  const [status] = (await closed) as [number]
  return { status, lines: out.split('\n').slice(0, -1), stderr: err }
}

test('prints the newest flows, the newest last', async () => {
  const { status, lines, stderr } = await run('observe')
  expect([status, stderr]).toEqual([0, ''])
  expect(lines.map((line) => line.replace(/ PASS.*/, ''))).toEqual([
    '2026-07-31 12:00:00.500 \\u001b[2J 10.0.0.5:40222 → 93.184.216.34:22 TCP',
    '2026-07-31 12:00:00.900 10.0.0.5:40222 → 10.0.0.1:53 UDP',
    '2026-07-31 12:00:01.000 curl[4711] 10.0.0.5:40222 → example.com (93.184.216.34):443 TCP',
  ])
})

test('takes filters in the order in which they are typed', async () => {
  const args = ['observe', '--format', 'json', '--not', '--port', '53', '--protocol', 'tcp', 'end=']
  const { lines } = await run(...args)
  expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['web'])
  expect(server.asked[0]?.searchParams.get('filter')).toBe(
    'not (port = 53) and (protocol = tcp) and (end="")',
  )
})

test('JSON lines are the flows, and steer no terminal', async () => {
  const { lines } = await run('observe', '--format', 'json', '--state', 'ended')
  expect(lines[0]).toMatch(/^[ -~]*$/)
  expect(JSON.parse(lines[0] ?? '')).toEqual(server.flows[2])
})

test('prints tables of any fields, and sums', async () => {
  const { lines } = await run('observe', '--columns', 'dst,dstPort', '--last', '1')
  expect(lines).toEqual(['dst            dstPort', '93.184.216.34      443'])
  const sums = await run('observe', '--aggregate-by', 'protocol', '--format', 'json')
  expect(sums.lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { by: { protocol: 'TCP' }, flows: 2 },
    { by: { protocol: 'UDP' }, flows: 1 },
  ])
})

test('takes a whole query', async () => {
  const query = 'dst in 10.0.0.0/8 or (process ~ "CUR" and not port = 53)'
  const { lines } = await run('observe', '--format', 'json', '--filter', query)
  expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['dns', 'web'])
})

test('says when there is nothing like that', async () => {
  const { status, lines, stderr } = await run('observe', '--port', '9')
  expect([status, lines, stderr]).toEqual([0, [], 'netscope: no flow is like that\n'])
})

test.each([
  [['observe', 'dstPrt=443'], 'did you mean dstPort?'],
  [['observe', '--aggregate-by', 'dstNam'], 'did you mean dstName?'],
  [['observe', '--since', 'yesterday', '--last', '0'], '5m for five minutes ago'],
  [['observe', '--updates'], 'it needs --follow'],
  [['top', '--port', '443', '--not'], '--not: no filter follows'],
  [['top', '--by', 'proces'], 'Allowed choices are process, peer'],
])('%j exits with 2: %s', async (args, reason) => {
  const { status, lines, stderr } = await run(...args)
  expect([status, lines]).toEqual([2, []])
  expect(stderr).toContain(reason)
  expect(server.asked).toEqual([])
})

test.each([['observe'], ['top']])('%s exits with 3 and a remedy without a server', async (name) => {
  await server.close()
  const { status, lines, stderr } = await run(name)
  expect([status, lines]).toEqual([3, []])
  expect(stderr).toContain('nobody listens there.\nStart it with `netscope up`')
})

test.each([
  [401, 4],
  [404, 5],
  [500, 1],
])('exits by what the server answers: %i with %i', async (answer, code) => {
  server.breakOff(answer)
  const { status, stderr } = await run('observe')
  expect(status).toBe(code)
  expect(stderr).toBe('netscope: Parameter x: it is unknown\nAllowed: y.\n')
})

test('--follow tells what begins and ends, reconnects, and ends well by Ctrl-C', async () => {
  const followed = start('observe', '-f', '--last', '1', '--to', '10.0.0.0/8')
  let [said, complained] = ['', '']
  followed.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
  followed.stderr.on('data', (bytes: Buffer) => (complained += bytes.toString()))
  await expect.poll(() => said, PATIENCE).toContain('10.0.0.1:53 UDP')
  const begun = fakeFlow({
    id: 'n',
    dst: '10.0.0.2',
    firstSeen: timeAt(5000),
    lastSeen: timeAt(6000),
  })
  server.flows.push(begun, { ...begun, id: 'elsewhere', dst: '192.0.2.1' })
  server.tick()
  await expect.poll(() => said, PATIENCE).toContain('12:00:05.000 + 10.0.0.5:40222 → 10.0.0.2:443')
  server.breakOff()
  await expect.poll(() => complained, PATIENCE).toContain('the server is there again')
  server.flows = [{ ...begun, end: 'reset', lastSeen: timeAt(7000) }]
  server.tick()
  await expect.poll(() => said, PATIENCE).toContain('12:00:07.000 - 10.0.0.5:40222 → 10.0.0.2:443')
  followed.kill('SIGINT')
  expect(await once(followed, 'close')).toEqual([0, null])
  expect(said.trimEnd().split('\n')).toHaveLength(3)
  expect(complained).toMatch(/^netscope: lost the server, trying again: .*\nnetscope: .*\n$/)
})

test('top prints one table where there is no terminal', async () => {
  const { status, lines } = await run('top', '--by', 'port')
  expect([status, lines]).toEqual([
    0,
    [
      'PORT     RATE IN  RATE OUT  PACKETS  FLOWS  RETRANS  MAX RTT',
      '443/TCP    0 B/s     0 B/s        0      1        0',
      '53/UDP     0 B/s     0 B/s        0      1        0',
    ],
  ])
})

test('a reader that has seen enough ends it quietly', async () => {
  const followed = start('observe', '-f', '--updates', '--last', '3')
  await once(followed.stdout, 'data')
  followed.stdout.destroy()
  let at = 2000
  const ticking = setInterval(() => {
    server.flows[0] = { ...server.flows[0]!, lastSeen: timeAt((at += 1000)) }
    server.tick()
  }, 50)
  const [status] = (await once(followed, 'close')) as [number]
  clearInterval(ticking)
  expect(status).toBe(0)
})
