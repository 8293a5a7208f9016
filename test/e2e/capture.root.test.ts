/** Captures on demand: what tshark reads of the file is what the flow has counted. Needs root, tshark and ethtool. */
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ChildProcess } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Flow } from '@netscope/core/flow.ts'
import { createLab, HERE, sleep, THERE, until } from './lab.ts'

const lab = createLab()
const CLI = join(import.meta.dirname, '../../bin/netscope')
const API = 'http://127.0.0.1:8086/api/v1/captures'
const STATISTICS = 5

const fileOf = (name: string) => join(lab.folder, `${name}.pcapng`)

/** Rows of fields; throws where tshark complains. */
const tshark = (name: string, ...fields: string[]): string[][] => {
  const args = ['-n', '-r', fileOf(name), '-T', 'fields', ...fields.flatMap((one) => ['-e', one])]
  const text = execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
}

/** Sums of what the file's statistics say. */
const statistics = (name: string) => {
  const bytes = readFileSync(fileOf(name))
  const sums = { accepted: 0, lost: 0, delivered: 0 }
  const names: Record<number, keyof typeof sums> = { 6: 'accepted', 7: 'lost', 8: 'delivered' }
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
    if (bytes.readUInt32LE(at) !== STATISTICS) continue
    for (let option = at + 20; bytes.readUInt16LE(option) !== 0;) {
      const [code, length] = [bytes.readUInt16LE(option), bytes.readUInt16LE(option + 2)]
      const sum = names[code]
      if (sum) sums[sum] += Number(bytes.readBigUInt64LE(option + 4))
      option += 4 + length + (-length & 3)
    }
  }
  return sums
}

const begun = new WeakMap<ChildProcess, { errors: string }>()
/** Starts `netscope capture` and waits until it captures. */
const capture = async (name: string, options: string): Promise<ChildProcess> => {
  const child = lab.startHere(`${CLI} capture ${options} -o ${fileOf(name)}`)
  const said = { errors: '' }
  begun.set(child, said)
  child.stderr?.on('data', (text) => (said.errors += String(text)))
  await until(
    () => (child.exitCode === null ? sizeOf(name) : said.errors),
    (is) => is !== 0,
    20,
  )
  return child
}
const sizeOf = (name: string): number => {
  try {
    return statSync(fileOf(name)).size
  } catch {
    return 0
  }
}
/** Waits until it is over; what it has said. */
const over = async (child: ChildProcess): Promise<string> => {
  await until(
    () => child.exitCode,
    (code) => code !== null,
    40,
  )
  expect(child.exitCode).toBe(0)
  return begun.get(child)?.errors ?? ''
}

const offload = (state: 'on' | 'off') => {
  lab.here(`ethtool -K ${HERE.interface} tso ${state} gso ${state} gro ${state}`)
  lab.there(`ethtool -K ${THERE.interface} tso ${state} gso ${state} gro ${state}`)
}

const fetchPage = (port: number, path = '') =>
  lab.here(`curl -s -m 10 --local-port ${port} -o /dev/null http://${THERE.v4}:8000/${path}`)

/** The flow, when what it has counted moves no more. */
const flowOf = async (query: string) => {
  const asked = () => lab.flows(`state=all&${query}`).flows
  let before = await until(asked, ({ length }) => length > 0)
  const flows = await until(
    async () => {
      await sleep(1500)
      return asked()
    },
    (now) => {
      const isSettled = counted(now) === counted(before)
      before = now
      return isSettled
    },
  )
  expect(flows).toHaveLength(1)
  return flows[0]!
}
const counted = (flows: readonly Flow[]): string =>
  flows.map(({ id, srcPackets, dstPackets }) => [id, srcPackets, dstPackets].join()).join(' ')

beforeAll(async () => {
  lab.up()
  offload('off')
  await lab.netscope()
  execFileSync('dd', ['if=/dev/urandom', `of=${join(lab.folder, 'big')}`, 'bs=1M', 'count=1'], {
    stdio: 'pipe',
  })
  lab.startThere(`python3 -m http.server 8000 --bind ${THERE.v4} -d ${lab.folder}`)
  await until(
    () => lab.here(`curl -s -o /dev/null -w '%{http_code}' http://${THERE.v4}:8000/ || true`),
    (code) => code === '200',
  )
}, 180_000)
afterAll(() => lab.down(), 60_000)

test('a capture holds as many packets as the flow has counted, with interface, program and flow', async () => {
  const child = await capture(
    'port',
    `--filter 'host ${THERE.v4} and port 8000 and proto tcp' --duration 4s`,
  )
  fetchPage(45001, 'big')
  lab.there(`ping -c 2 -i 0.2 ${HERE.v4}`) // not of the port
  expect(await over(child)).toMatch(/^netscope: \d+ packets, /)
  const rows = tshark(
    'port',
    'frame.interface_name',
    'frame.comment',
    'tcp.srcport',
    'frame.packet_flags_direction',
  )
  const flow = await flowOf('port=45001')
  expect(rows).toHaveLength(flow.srcPackets + flow.dstPackets)
  expect(statistics('port')).toEqual({ accepted: rows.length, lost: 0, delivered: rows.length })
  expect(new Set(rows.map(([name]) => name))).toEqual(new Set([HERE.interface]))
  const sent = rows.filter(([, , port]) => port === '45001')
  expect(sent).toHaveLength(flow.srcPackets)
  expect(new Set(sent.map(([, , , direction]) => Number(direction)))).toEqual(new Set([2]))
  for (const [, comment] of sent)
    expect(comment).toBe(
      `curl[${flow.srcPid}] ${HERE.v4}:45001 > python3[${flow.dstPid}] ${THERE.v4}:8000 TCP flow ${flow.id}`,
    )
  const bytes = tshark('port', 'ip.len', 'tcp.srcport')
  const sum = bytes
    .filter(([, port]) => port === '8000')
    .reduce((total, [length]) => total + Number(length), 0)
  expect(sum).toBe(flow.dstBytes)
}, 60_000)

test('a flow is captured by its id, and nothing else; IPv6 too', async () => {
  const ping = (count: number) => lab.here(`ping -c ${count} -i 0.1 ${THERE.v6}`)
  ping(1)
  const { flows } = await until(
    () => lab.flows(`state=live&ip=${THERE.v6}&protocol=icmpv6&srcPort=128`),
    ({ total }) => total === 1,
  )
  const before = flows[0]!
  const child = await capture('flow', `--flow ${before.id} --duration 3s`)
  ping(5)
  fetchPage(45002)
  await over(child)
  const after = await flowOf(`ip=${THERE.v6}&protocol=icmpv6&srcPort=128`)
  const captured = tshark('flow', 'ipv6.src', 'icmpv6.type')
  expect(captured.map(([, type]) => type)).toEqual([
    '128',
    '129',
    '128',
    '129',
    '128',
    '129',
    '128',
    '129',
    '128',
    '129',
  ])
  expect(after.srcPackets + after.dstPackets - before.srcPackets - before.dstPackets).toBe(10)
}, 60_000)

test('what crosses lo is captured once, and our own page only where it is named', async () => {
  const child = await capture('lo', `--filter 'interface lo' --duration 3s`)
  lab.here('ping -c 3 -i 0.1 127.0.0.1')
  lab.get('/api/v1/status')
  await over(child)
  expect(tshark('lo', 'icmp.type', 'ip.src')).toEqual(
    ['8', '0', '8', '0', '8', '0'].map((type) => [type, '127.0.0.1']),
  )
}, 60_000)

test('packets that the deny list drops are there, with their verdict', async () => {
  lab.here(`${lab.curl} -s -d '{"ip":"${THERE.v4}"}' http://127.0.0.1:8086/blacklist`)
  const child = await capture('drop', `--filter 'net 10.77.0.0/24 and proto icmp' --duration 3s`)
  lab.there(`ping -c 3 -i 0.1 -W 1 ${HERE.v4} || true`)
  await over(child)
  lab.here(`${lab.curl} -s -X DELETE 'http://127.0.0.1:8086/blacklist?ip=${THERE.v4}'`)
  const rows = tshark('drop', 'icmp.type', 'frame.comment')
  expect(rows).toHaveLength(3)
  for (const [type, comment] of rows) {
    expect(type).toBe('8')
    expect(comment).toMatch(/ICMP flow .* verdict DROP$/)
  }
}, 60_000)

test('a super-packet is one packet whose comment counts its segments', async () => {
  offload('on')
  const child = await capture('gso', `--filter 'port 8000' --duration 4s --snap-length 100`)
  fetchPage(45003, 'big')
  await over(child)
  offload('off')
  const flow = await flowOf('port=45003')
  const rows = tshark('gso', 'frame.comment', 'frame.cap_len', 'frame.len')
  const segments = rows.map(([comment]) =>
    Number(/ (\d+) segments in one$/.exec(comment ?? '')?.[1] ?? 1),
  )
  expect(Math.max(...segments)).toBeGreaterThan(10)
  expect(segments.reduce((sum, one) => sum + one, 0)).toBe(flow.srcPackets + flow.dstPackets)
  expect(Math.max(...rows.map(([, kept]) => Number(kept)))).toBe(100)
  expect(Math.max(...rows.map(([, , length]) => Number(length)))).toBeGreaterThan(10_000)
}, 60_000)

test('one runs at a time; Ctrl-C ends it in good order, a client that goes ends it at once', async () => {
  const child = await capture('stopped', `--filter 'proto icmp' --duration 2m`)
  const refused = lab.here(`${CLI} capture --duration 1s -o ${fileOf('second')} 2>&1 || true`)
  expect(refused).toContain('Another capture is running')
  lab.here(`ping -c 2 -i 0.1 ${THERE.v4}`)
  child.kill('SIGINT')
  expect(await over(child)).toMatch(/^netscope: 4 packets, [^,]*\n$/)
  expect(statistics('stopped')).toEqual({ accepted: 4, lost: 0, delivered: 4 })

  const gone = lab.startHere(
    `${lab.curl} -sSN -d '{"seconds":600}' -H content-type:application/json -o ${fileOf('gone')} ${API}`,
  )
  await until(
    () => sizeOf('gone'),
    (size) => size > 0,
  )
  gone.kill('SIGKILL')
  await until(
    () => lab.here(`${CLI} capture --duration 1s -o ${fileOf('next')} 2>&1 || true`),
    (said) => !said.includes('Another capture is running'),
    20,
  )
  expect(sizeOf('next')).toBeGreaterThan(0)
}, 60_000)

test('the bound of bytes holds, and a reader that is slow is told what was lost', async () => {
  const child = await capture('bounded', `--filter 'port 8000' --duration 5s --max-size 200kB`)
  fetchPage(45004, 'big')
  await over(child)
  const { accepted, delivered } = statistics('bounded')
  expect(sizeOf('bounded')).toBeLessThanOrEqual(200_000)
  expect(sizeOf('bounded')).toBeGreaterThan(150_000)
  expect(delivered).toBe(tshark('bounded', 'frame.number').length)
  expect(accepted).toBeGreaterThan(delivered)

  const body = JSON.stringify({ filter: { port: 8000 }, seconds: 6 })
  const slow = lab.startHere(
    `${lab.curl} -sSN --limit-rate 1M -d '${body}' -H content-type:application/json -o ${fileOf('slow')} ${API}`,
  )
  await until(
    () => sizeOf('slow'),
    (size) => size > 0,
  )
  // At once, so that they come faster than they are read on a busy machine too.
  const url = `http://${THERE.v4}:8000/big`
  const ports = Array.from({ length: 16 }, (_, i) => 45005 + i)
  lab.here(
    ports.map((port) => `curl -s -o /dev/null --local-port ${port} ${url} &`).join(' ') + ' wait',
  )
  await until(
    () => slow.exitCode,
    (code) => code !== null,
    60,
  )
  const figures = statistics('slow')
  expect(figures.lost).toBeGreaterThan(0)
  expect(figures.accepted).toBe(figures.delivered + figures.lost)
  expect(tshark('slow', 'frame.number')).toHaveLength(figures.delivered)
}, 120_000)
