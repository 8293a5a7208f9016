/** The verifier's own words about bpf/build/flow.bpf.o: how much it had to look at, or why it refuses. */
import koffi from 'koffi'
import { join } from 'node:path'
import { kernelAtLeast } from '../../../agent/src/kernel/bpf-object.ts'
import * as libbpf from '../../../agent/src/kernel/libbpf.ts'

const OBJECT_FILE = join(import.meta.dirname, '../../../bpf/build/flow.bpf.o')
const PROGRAMS = ['netscope_in', 'netscope_out', 'netscope_in_l3', 'netscope_out_l3']
const STATS = 4
const EVERYTHING = 1
const LOG_BYTES = 16 << 20
const LINES_SHOWN = 60
const HAS_COARSE_CLOCK = 2

const library = koffi.load('libbpf.so.1')
const setLogLevel = library.func('int bpf_program__set_log_level(void *prog, uint32_t level)')
const setLogBuffer = library.func(
  'int bpf_program__set_log_buf(void *prog, void *buf, size_t size)',
)

/** Loads the programs once more with a log of `level` each; returns their logs and the result. */
const loadWithLogs = (level: number): { result: number; logs: string[] } => {
  const object: unknown = libbpf.openFile(OBJECT_FILE, null)
  const buffers = PROGRAMS.map((name) => {
    const program: unknown = libbpf.findProgram(object, name)
    const buffer = Buffer.alloc(LOG_BYTES)
    setLogLevel(program, level)
    setLogBuffer(program, buffer, buffer.length)
    return buffer
  })
  const size = [0]
  const constants: unknown = libbpf.initialValue(libbpf.findMap(object, '.rodata'), size)
  const words = new Uint32Array(libbpf.viewOf(constants, Number(size[0])).buffer)
  words[HAS_COARSE_CLOCK] = kernelAtLeast(5, 11) ? 1 : 0
  const result: number = libbpf.loadObject(object)
  libbpf.closeObject(object)
  return { result, logs: buffers.map((buffer) => buffer.toString('latin1', 0, buffer.indexOf(0))) }
}

/** Instructions that the verifier walked through, per program; its limit is 1,000,000. */
export const verifiedInstructions = (): Record<string, number> =>
  Object.fromEntries(
    loadWithLogs(STATS).logs.map((log, i) => [
      PROGRAMS[i],
      Number(/processed (\d+) insns/.exec(log)?.[1]),
    ]),
  )

/** The end of the log of the first program that is refused. */
export const refusal = (): string => {
  const { result, logs } = loadWithLogs(EVERYTHING | STATS)
  const refused = logs.findLast((log) => log !== '') ?? ''
  return `${libbpf.errorName(result)}\n${refused.trimEnd().split('\n').slice(-LINES_SHOWN).join('\n')}`
}
