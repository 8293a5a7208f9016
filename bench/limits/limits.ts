/** ns per packet of the kernel program with limits of rate and pinned addresses, by BPF_PROG_TEST_RUN. */
import { createResponseTable } from '@netscope/agent/kernel/response-table.ts'
import { ethernet, ip, udp } from '@netscope/agent/mock/packet.ts'
import type { KernelLimit } from '@netscope/agent/source.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { PREFIX_BYTES } from '@netscope/core/slot.ts'
import type { Benchmark, Setting } from '../rig/benchmark.ts'
import { createCountingProgram } from '../rig/counting-program.ts'
import { interleave, median, minimum, pairedRatio } from '../rig/statistics.ts'
import { figure, type Row } from '../rig/table.ts'
import { runProgram, timeProgram } from '../rig/test-run.ts'

const LIMITS = 4096
const PINS = 4096
/** TC_ACT_SHOT */
const DROPPED = 2
const [WITHIN, BEYOND, FREE] = ['10.0.0.1', '10.0.0.2', '192.0.2.7']
/** The kernel cannot be sent so much. */
const NEVER_REACHED: KernelLimit = { nsPerPacket: 1, burstNs: 1e9, kind: 'all' }
/** Its bucket does not refill during the measurement. */
const REACHED: KernelLimit = { nsPerPacket: 1e12, burstNs: 1e12, kind: 'all' }

const packetOf = (src: string) =>
  ethernet(ip({ src, dst: '198.51.100.1' }, udp(40000, 5004, new Uint8Array(18))))
const bytesOf = (text: string): Uint8Array => {
  const { length, addr } = parsePrefix(text)
  return Uint8Array.from([length, 0, 0, 0, ...addr])
}
const numbered = (i: number) => bytesOf(`10.9.${i >> 8}.${i & 255}`)

/** The program with so many limits, two of them of our senders, and so many pinned addresses. */
const createProgram = ({ undo }: Setting, limits: number, pins: number) => {
  const program = createCountingProgram({}, undo)
  const response = createResponseTable(program.object, program.control)
  for (let i = 0; i < limits - 2; i++) response.setLimit(numbered(i), NEVER_REACHED)
  if (limits > 0) response.setLimit(bytesOf(WITHIN), NEVER_REACHED)
  if (limits > 0) response.setLimit(bytesOf(BEYOND), REACHED)
  const pinned = new Uint8Array(pins * PREFIX_BYTES)
  for (let i = 0; i < pins; i++) pinned.set(numbered(i), i * PREFIX_BYTES)
  if (pins > 0) response.pin(pinned, pins)
  return program.ingress
}

export const limitsBenchmark: Benchmark = {
  name: 'limits',
  description: 'ns per packet with limits of rate and pinned addresses by BPF_PROG_TEST_RUN',
  run: async (setting) => {
    const { quick } = setting
    const [rounds, repeat] = [quick ? 9 : 201, 50_000]
    const none = createProgram(setting, 0, 0)
    const some = createProgram(setting, LIMITS, 0)
    const pinned = createProgram(setting, LIMITS, PINS)
    const time = (program: number, src: string) => () => timeProgram(program, packetOf(src), repeat)
    const samples = await interleave(rounds, {
      'no limit': time(none, FREE),
      '4,096 limits, none of this sender': time(some, FREE),
      'the same, 4,096 pinned addresses': time(pinned, FREE),
      'limited sender, below its limit': time(some, WITHIN),
      'the same, 4,096 pinned addresses ': time(pinned, WITHIN),
      'limited sender, above its limit': time(some, BEYOND),
    })
    const off = samples['no limit']
    const rows = Object.entries(samples).map(([name, values]): Row => ({
      name,
      cells: [figure(median(values)), figure(minimum(values)), figure(pairedRatio(values, off))],
    }))
    const isDropped = runProgram(some, packetOf(BEYOND), 1) === DROPPED
    const isPassed = runProgram(some, packetOf(WITHIN), 1) !== DROPPED
    return [
      {
        title: `ns per packet, one warm flow of 64-byte IPv4 UDP (${rounds} interleaved rounds)`,
        columns: ['median', 'min', '× no limit'],
        rows,
        notes: [
          isDropped && isPassed
            ? 'The packet above its limit was dropped, the one below was not.'
            : 'THE LIMITS DID NOT JUDGE AS THEY SHOULD.',
        ],
      },
    ]
  },
}
