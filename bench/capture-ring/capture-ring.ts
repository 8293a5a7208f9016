/** The capture ring: what a packet costs with it beside without, a steady stream into it, and reading an address out of it. */
import { join } from 'node:path'
import { CAPTURED, CAPTURED_BYTES } from '@netscope/agent/capture/captured-packet.ts'
import { createCaptureRing } from '@netscope/agent/capture/capture-ring.ts'
import { encodeFilter } from '@netscope/agent/capture/encode-filter.ts'
import { createPacketRing } from '@netscope/agent/capture/packet-ring.ts'
import { createPacketTest } from '@netscope/agent/capture/match-packet.ts'
import { openRingReader } from '@netscope/agent/capture/ring-reader.ts'
import { monotonicNs } from '@netscope/agent/kernel/clock.ts'
import { createPacketTap } from '@netscope/agent/kernel/packet-tap.ts'
import { ethernet, ip, udp } from '@netscope/agent/mock/packet.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { compileC } from '../rig/compile.ts'
import { createCountingProgram } from '../rig/counting-program.ts'
import { sleep, startLineProcess } from '../rig/line-process.ts'
import { interleave, median, minimum, pairedRatio } from '../rig/statistics.ts'
import { atMost, figure, type Row, type Table } from '../rig/table.ts'
import { timeProgram } from '../rig/test-run.ts'

/** As in the agent. */
const KERNEL_RING_BYTES = 4 << 20
const SNAP_LENGTH = 128
/** Fit in the kernel's ring. */
const AT_ONCE = 16_000
const RATES = [0, 50_000, 200_000, 500_000]
const RING_BYTES = 64 << 20
/** Packets of 64 bytes, more than fit into it. */
const FILLING = 500_000

const frame = (bytes: number): Uint8Array =>
  ethernet(ip({ src: '10.0.0.1', dst: '10.0.0.2' }, udp(1000, 5004, new Uint8Array(bytes - 42))))
const filterOf = (given: { ip?: string } = {}) =>
  encodeFilter(given, { snapLength: SNAP_LENGTH, ifindex: 0, ownPort: 0 })
const noLog = { warn: () => undefined }

/** In the kernel and out of it, each packet by itself. */
const measurePacket = async (setting: Setting): Promise<Table> => {
  const { object, control, ingress } = createCountingProgram({}, setting.undo)
  const tap = createPacketTap(object, control, KERNEL_RING_BYTES)
  const open = tap.open(filterOf())
  setting.undo.add(open.free)
  // As after some minutes: all of its memory has been written to.
  const ring = createPacketRing(RING_BYTES)
  ring.words.fill(0)
  const rows: Row[] = []
  for (const bytes of [64, 1500]) {
    setting.say(`packets of ${bytes} bytes`)
    const packet = frame(bytes)
    const copied: number[] = []
    let lost = 0
    const withRing = (): number => {
      control.capture(true)
      const ns = timeProgram(ingress, packet, AT_ONCE)
      control.capture(false)
      let words: Int32Array | undefined
      let count = 0
      const start = process.hrtime.bigint()
      open.drain(({ view, at }) => {
        words ??= new Int32Array(view.buffer, 0, view.byteLength >> 2)
        ring.put(words, at >> 2, SNAP_LENGTH)
        return ++count > 0
      })
      copied.push(Number(process.hrtime.bigint() - start) / count)
      lost += AT_ONCE - count
      return ns
    }
    for (let i = 0; i < 10; i++) withRing()
    copied.length = 0
    const { off, on } = await interleave(setting.quick ? 9 : 61, {
      off: () => timeProgram(ingress, packet, AT_ONCE),
      on: withRing,
    })
    const ratio = pairedRatio(on, off)
    const more = median(on.map((ns, i) => ns - off[i]!))
    const cells = (values: number[]) => [figure(median(values)), figure(minimum(values))]
    rows.push(
      { name: `${bytes} bytes, kernel, without a ring`, cells: [...cells(off), '1.00'] },
      {
        name: `${bytes} bytes, kernel, with one`,
        cells: [...cells(on), figure(ratio)],
        goal: atMost(more, 500, ' ns more'),
      },
      {
        name: `${bytes} bytes, agent, from there into its ring`,
        cells: [...cells(copied), ''],
        goal: atMost(median(copied), 300, ' ns'),
      },
    )
    if (lost > 0)
      rows.push({ name: 'LOST, the figures are too good', cells: [String(lost), '', ''] })
  }
  return { title: 'One packet', columns: ['ns', 'min', '× without'], rows }
}

/** With the ring's own timer. */
const measureStream = async (setting: Setting): Promise<Table> => {
  const { object, control, ingress } = createCountingProgram({}, setting.undo)
  const program = compileC(join(import.meta.dirname, '../ring/ring.c'), setting.folder)
  const producer = startLineProcess([program, 'produce'], setting.undo, [ingress])
  const source = {
    packets: createPacketTap(object, control, KERNEL_RING_BYTES),
    nowNs: monotonicNs,
    wallOffsetMs: () => 0,
  }
  const seconds = setting.quick ? 2 : 5
  const rounds = setting.quick ? 1 : 5
  const rows: Row[] = []
  for (const rate of RATES) {
    const shares: Record<'off' | 'on', number[]> = { off: [], on: [] }
    let [sent, lost] = [0, 0]
    for (let round = 0; round < rounds; round++) {
      for (const which of ['off', 'on'] as const) {
        setting.say(`${rate} packets/s, ring ${which}, round ${round + 1} of ${rounds}`)
        const config = {
          bytes: which === 'on' ? RING_BYTES : 0,
          snapLength: SNAP_LENGTH,
          ownPort: 0,
        }
        const ring = createCaptureRing(config, { source, log: noLog })
        ring.start()
        // Until all of its memory has been written to, as after some minutes.
        await producer.ask(`${FILLING} 200000`)
        await sleep(1200)
        const lostBefore = ring.status()?.lostPackets ?? 0
        const cpu = process.cpuUsage()
        const start = performance.now()
        if (rate === 0) await sleep(seconds * 1000)
        else await producer.ask(`${rate * seconds} ${rate}`)
        const took = (performance.now() - start) / 1000
        const { user, system } = process.cpuUsage(cpu)
        await sleep(1200)
        shares[which].push(((user + system) / 1e6 / took) * 100)
        sent += which === 'on' ? rate * seconds : 0
        lost += (ring.status()?.lostPackets ?? 0) - lostBefore
        ring.stop()
      }
    }
    const share = median(shares.on)
    rows.push({
      name: `${rate} packets/s`,
      cells: [
        figure(median(shares.off)),
        figure(share),
        figure(minimum(shares.on)),
        `${lost} of ${sent}`,
      ],
      goal: atMost(share, 1 + rate / 10_000, ' %'),
    })
  }
  producer.stop()
  return {
    title: `A steady stream of packets of 64 bytes for ${seconds} s: CPU of the agent's side, % of a core`,
    columns: ['without', 'with', 'min', 'lost'],
    rows,
    notes: ['What the kernel does is in the table above: it is paid by who sends or receives.'],
  }
}

/** A full ring, of which every thousandth packet is of the address. */
const measureSearch = async (setting: Setting): Promise<Table> => {
  const ring = createPacketRing(RING_BYTES)
  const words = new Int32Array((CAPTURED_BYTES + SNAP_LENGTH) / 4)
  const record = new DataView(words.buffer)
  record.setUint32(CAPTURED.captured, SNAP_LENGTH, true)
  for (let i = 0; i < 400_000; i++) {
    record.setBigUint64(CAPTURED.timeNs, BigInt(i), true)
    record.setUint32(CAPTURED.srcAddr + 8, 0xffff0000, true)
    record.setUint32(CAPTURED.srcAddr + 12, i % 1000 === 0 ? 0x0100000a : 0x0900000a, true)
    ring.put(words, 0, SNAP_LENGTH)
  }
  const all: number[] = []
  const longest: number[] = []
  let found = 0
  for (let round = 0; round < (setting.quick ? 5 : 30); round++) {
    const reader = openRingReader({
      ...{ ring, test: createPacketTest(filterOf({ ip: '10.0.0.1' }), 0), snapLength: SNAP_LENGTH },
      ...{ beforeBytes: 1 << 20, sinceNs: 0, settle: () => undefined, onFree: () => undefined },
    })
    found = 0
    const steps: number[] = []
    for (let hasMore = true; hasMore;) {
      const start = performance.now()
      hasMore = reader.drain(() => ++found > 0)
      steps.push(performance.now() - start)
    }
    reader.free()
    all.push(steps.reduce((sum, ms) => sum + ms, 0))
    longest.push(Math.max(...steps))
  }
  return {
    title: `An address out of ${ring.packets} packets in ${RING_BYTES >> 20} MiB: ${found} of its`,
    columns: ['ms', 'min'],
    rows: [
      { name: 'all steps', cells: [figure(median(all)), figure(minimum(all))] },
      {
        name: 'the longest step, in which nothing else runs',
        cells: [figure(median(longest)), figure(minimum(longest))],
        goal: atMost(median(longest), 5, ' ms'),
      },
    ],
  }
}

export const captureRingBenchmark: Benchmark = {
  name: 'capture-ring',
  description:
    'the capture ring: ns per packet in kernel and agent with it and without, CPU and loss of a steady stream, reading one address',
  run: async (setting) => [
    await measurePacket(setting),
    await measureStream(setting),
    await measureSearch(setting),
  ],
}
