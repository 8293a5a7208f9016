/** Packet events: how fast the ring buffer is read in place, and what a steady stream of them costs. */
import { join } from 'node:path'
import { createEventPump } from '@netscope/agent/event-pump.ts'
import { createEventRing, createRing } from '@netscope/agent/kernel/event-ring.ts'
import { EVENT_BYTES } from '@netscope/core/slot.ts'
import { UDP4 } from '../kernel/corpus.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { compileC } from '../rig/compile.ts'
import { createCountingProgram, type CountingProgram } from '../rig/counting-program.ts'
import { sleep, startLineProcess } from '../rig/line-process.ts'
import { interleave, median, minimum, pairedRatio } from '../rig/statistics.ts'
import { atLeast, atMost, figure, type Table } from '../rig/table.ts'
import { runProgram } from '../rig/test-run.ts'

/** Room for some 116,000 events of 64 bytes and their headers. */
const RING_BYTES = 8 << 20
const EVENTS = 100_000
const NO_LIMIT = 1_000_000_000
const RATE = 200_000

interface Parts {
  counting: CountingProgram
  ringFd: number
  program: string
  setting: Setting
}

/** All of them lie in the ring before the clock starts: the consumer's cost alone. */
const measureDrain = async ({ program, setting }: Parts): Promise<Table> => {
  /** A program and a ring for each reader, because each keeps its own position. */
  const createFilled = () => {
    const { object, control, ingress } = createCountingProgram(
      { eventRingBytes: RING_BYTES },
      setting.undo,
    )
    control.watch(true, NO_LIMIT)
    const fd = object.mapFd('events')
    const fill = () => void runProgram(ingress, UDP4, EVENTS)
    return { object, control, fd, fill }
  }
  let sum = 0
  let problem = ''
  const check = (count: number) => {
    if (count < EVENTS) problem = `ONLY ${count} OF ${EVENTS} EVENTS`
  }
  const timed = (fill: () => void, drain: () => number) => (): number => {
    fill()
    const start = process.hrtime.bigint()
    const count = drain()
    const elapsed = Number(process.hrtime.bigint() - start)
    check(count)
    return elapsed / count
  }
  const [mine, batched, theirs] = [createFilled(), createFilled(), createFilled()]
  const ring = createRing(mine.fd, RING_BYTES)
  const inPlace = timed(mine.fill, () =>
    ring.drain((words, at) => (sum = (sum + words[at + 12]!) | 0)),
  )
  const events = createEventRing(
    createRing(batched.fd, RING_BYTES),
    batched.object.mapFd('event_stats'),
    batched.control,
  )
  const asAgent = timed(batched.fill, () =>
    events.drain((records, count) => (sum = (sum + records[0]! + count) | 0)),
  )
  const inC = startLineProcess([program, 'consume'], setting.undo, [theirs.fd])
  for (let i = 0; i < 10; i++) sum += inPlace() + asAgent()
  const samples = await interleave(setting.quick ? 9 : 61, {
    inPlace,
    asAgent,
    inC: async () => {
      theirs.fill()
      const [count = 0, ns = 0] = (await inC.ask('drain')).split(' ').map(Number)
      check(count)
      return ns / count
    },
  })
  inC.stop()
  const perSecond = 1000 / median(samples.inPlace)
  const ratio = pairedRatio(samples.inPlace, samples.inC)
  const cells = (values: number[]) => [
    figure(median(values)),
    figure(minimum(values)),
    figure(1000 / median(values)),
    figure(pairedRatio(values, samples.inC)),
  ]
  return {
    title: `Draining ${EVENTS} events that lie in the ring`,
    columns: ['ns per event', 'min', 'million events/s', '× C'],
    rows: [
      {
        name: 'read in place',
        cells: cells(samples.inPlace),
        goal: atLeast(perSecond, 25, ' million/s'),
      },
      {
        name: 'the same, to C',
        cells: ['', '', '', figure(ratio)],
        goal: atMost(ratio, 4.5, ' × C'),
      },
      { name: 'read and copied into batches, as the agent does', cells: cells(samples.asAgent) },
      { name: 'C, libbpf ring_buffer__consume', cells: cells(samples.inC) },
    ],
    notes: problem ? [problem] : [],
  }
}

/** The agent's pump with its own timer; every event is copied once more, as into a frame of the uplink. */
const measureStream = async ({ counting, ringFd, program, setting }: Parts): Promise<Table> => {
  const producer = startLineProcess([program, 'produce'], setting.undo, [counting.ingress])
  const ring = createRing(ringFd, RING_BYTES)
  const events = createEventRing(ring, counting.object.mapFd('event_stats'), counting.control)
  const seconds = setting.quick ? 2 : 5
  const before = events.counts()
  runProgram(counting.ingress, UDP4, 1_000_000)
  const unwatched = events.counts().sent - before.sent
  let taken = 0
  const pump = createEventPump(
    { maxPerSecond: NO_LIMIT },
    {
      events,
      send: (records, count) => {
        Buffer.allocUnsafeSlow(count * EVENT_BYTES).set(records.subarray(0, count * EVENT_BYTES))
        taken += count
        return true
      },
    },
  )
  const rounds = setting.quick ? 1 : 5
  const shares: number[] = []
  let sent = 0
  for (let round = 0; round < rounds; round++) {
    setting.say(`${RATE} events/s, round ${round + 1} of ${rounds}`)
    pump.watch(true)
    const cpu = process.cpuUsage()
    const took = Number(await producer.ask(`${RATE * seconds} ${RATE}`))
    await sleep(100)
    const { user, system } = process.cpuUsage(cpu)
    pump.watch(false)
    shares.push(((user + system) / 1e6 / took) * 100)
    sent += RATE * seconds
  }
  const { lost, skipped } = events.counts()
  ring.unmap()
  producer.stop()
  const share = median(shares)
  return {
    title: `${RATE} events/s for ${seconds} s, by the agent's pump`,
    columns: ['median', 'min'],
    rows: [
      {
        name: 'CPU of the reading process, % of a core',
        cells: [figure(share), figure(minimum(shares))],
        goal: atMost(share, 4, ' %'),
      },
      {
        name: `events taken of ${sent}`,
        cells: [String(taken), ''],
        goal: { text: 'all,', reached: taken === sent },
      },
      { name: 'skipped, lost', cells: [`${skipped}, ${lost - before.lost}`, ''] },
      {
        name: 'events of 1,000,000 packets while nobody watches',
        cells: [String(unwatched), ''],
        goal: atMost(unwatched, 0, ''),
      },
    ],
  }
}

export const ringBenchmark: Benchmark = {
  name: 'ring',
  description:
    'packet events: ns per event drained in place beside a C libbpf consumer, CPU of a steady stream',
  run: async (setting) => {
    const counting = createCountingProgram({ eventRingBytes: RING_BYTES }, setting.undo)
    const program = compileC(join(import.meta.dirname, 'ring.c'), setting.folder)
    const parts = { counting, ringFd: counting.object.mapFd('events'), program, setting }
    return [await measureDrain(parts), await measureStream(parts)]
  },
}
