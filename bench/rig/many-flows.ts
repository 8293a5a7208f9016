/** Runs the real program over packets of many flows: 10.x.y.z → 10.255.0.1, UDP. */
import { join } from 'node:path'
import { ethernet, ip, udp } from '@netscope/agent/mock/packet.ts'
import { mapMemory, pageSize, updateElement } from '@netscope/agent/kernel/libbpf.ts'
import { loadBenchObject } from './bpf-object.ts'
import { compileBpf } from './compile.ts'
import { runSome, timeProgram } from './test-run.ts'
import type { Undo } from './undo.ts'

const SOURCE = join(import.meta.dirname, '../kernel/many-flows.bpf.c')
const MASK = 0
const NEXT = 1
const SOURCE_BITS = 2
const ALL_BITS = 24

export interface ManyFlows {
  /** Nanoseconds per packet for packets of random flows. */
  timeRandom(repeat: number): number
  /** One packet of each flow, in order. */
  sendEach(): void
}

/**
 * `sourceBits`: there are 2^this source addresses, as many flows come from each; else each has its own.
 * `program` gets the packets; `flows` is at most 2^23, for random ones a power of two. Undefined: they go nowhere.
 */
export const createManyFlows = (
  program: number | undefined,
  flows: number,
  folder: string,
  undo: Undo,
  sourceBits = ALL_BITS,
): ManyFlows => {
  const object = loadBenchObject(compileBpf(SOURCE, folder), undo)
  const page = mapMemory(object.mapFd('.bss'), pageSize, true)
  undo.add(page.unmap)
  const settings = new Uint32Array(page.bytes.buffer, 0, 3)
  settings[MASK] = 2 ** Math.ceil(Math.log2(flows)) - 1
  settings[SOURCE_BITS] = sourceBits
  if (program !== undefined) {
    const index = Buffer.alloc(4)
    const value = Buffer.alloc(4)
    value.writeUInt32LE(program)
    if (updateElement(object.mapFd('target'), index, value, 0) < 0)
      throw new Error('no tail call to the program')
  }
  const packet = ethernet(
    ip({ src: '10.0.0.0', dst: '10.255.0.1' }, udp(40000, 5004, new Uint8Array(18))),
  )
  return {
    timeRandom: (repeat) => timeProgram(object.programFd('random_flow'), packet, repeat),
    sendEach: () => {
      settings[NEXT] = 0
      while (settings[NEXT] < flows)
        runSome(object.programFd('next_flow'), packet, flows - settings[NEXT])
    },
  }
}
