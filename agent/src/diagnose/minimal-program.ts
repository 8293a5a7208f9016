/** The smallest programs and maps that the kernel takes, by raw bpf(2): nothing runs, all go at once. */
import { ERRNO } from './errno.ts'
import type { SystemCalls } from './system.ts'

/** enum bpf_cmd */
export const COMMAND = {
  mapCreate: 0,
  progLoad: 5,
  progQuery: 16,
  rawTracepointOpen: 17,
  btfLoad: 18,
  progGetFdById: 13,
  objGetInfoByFd: 15,
  linkCreate: 28,
} as const

/** enum bpf_prog_type */
export const PROGRAM_TYPE = {
  kprobe: 2,
  schedCls: 3,
  xdp: 6,
  cgroupSkb: 8,
  cgroupSock: 9,
  sockOps: 13,
  rawTracepoint: 17,
  cgroupSockAddr: 18,
  tracing: 26,
} as const

/** One struct bpf_insn. */
const instruction = (code: number, registers = 0, offset = 0, immediate = 0): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes[0] = code
  bytes[1] = registers
  bytes.writeInt16LE(offset, 2)
  bytes.writeInt32LE(immediate, 4)
  return bytes
}
const setR0 = (value: number) => instruction(0xb7, 0, 0, value)
const EXIT = instruction(0x95)
const call = (helper: number) => instruction(0x85, 0, 0, helper)
/** r2 = r10 - 8, with a zero there. */
const POINT_R2_AT_STACK = [
  instruction(0x7a, 0x0a, -8, 0),
  instruction(0xbf, 0xa2),
  instruction(0x07, 0x02, 0, -8),
]

/** bpf_ktime_get_coarse_ns, bpf_get_func_ret, bpf_probe_read_kernel of enum bpf_func_id. */
const HELPER = { coarseClock: 160, funcRet: 184, readKernel: 113 }

export const INSTRUCTIONS = {
  /** `return 1`: what all cgroup programs say to let pass. */
  pass: Buffer.concat([setR0(1), EXIT]),
  /** `return 0` */
  nothing: Buffer.concat([setR0(0), EXIT]),
  coarseClock: Buffer.concat([call(HELPER.coarseClock), setR0(0), EXIT]),
  returnValue: Buffer.concat([...POINT_R2_AT_STACK, call(HELPER.funcRet), setR0(0), EXIT]),
  readKernel: Buffer.concat([
    ...POINT_R2_AT_STACK,
    instruction(0xbf, 0x21), // r1 = r2: where to
    instruction(0xb7, 0x02, 0, 8),
    instruction(0xb7, 0x03, 0, 0), // from address 0, were it ever to run
    call(HELPER.readKernel),
    setR0(0),
    EXIT,
  ]),
} as const

/** The verifier gives up with EAGAIN when a signal comes (kernel/bpf/verifier.c, do_check); libbpf tries as often. */
const LOAD_TRIES = 5
const LICENSE = Buffer.from('GPL\0')

export interface MinimalProgram {
  type: number
  attachType?: number
  instructions?: Buffer
  /** BTF number of the function that a tracing program is for. */
  attachTo?: number
}

/** A file descriptor or -errno. */
export const loadProgram = (calls: SystemCalls, program: MinimalProgram): number => {
  const instructions = program.instructions ?? INSTRUCTIONS.pass
  const attr = Buffer.alloc(120)
  attr.writeUInt32LE(program.type, 0)
  attr.writeUInt32LE(instructions.length / 8, 4)
  attr.writeBigUInt64LE(calls.addressOf(instructions), 8)
  attr.writeBigUInt64LE(calls.addressOf(LICENSE), 16)
  attr.write('netscope_probe', 48, 'latin1')
  attr.writeUInt32LE(program.attachType ?? 0, 68)
  attr.writeUInt32LE(program.attachTo ?? 0, 108)
  for (let tries = 1; ; tries++) {
    const result = calls.bpf(COMMAND.progLoad, attr)
    if (result !== ERRNO.EAGAIN || tries === LOAD_TRIES) return result
  }
}

/** A link (its file descriptor is its lifetime) or -errno. `target`: ifindex, or file descriptor of a cgroup. */
export const createLink = (
  calls: SystemCalls,
  program: number,
  target: number,
  attachType: number,
): number => {
  const attr = Buffer.alloc(64)
  attr.writeUInt32LE(program, 0)
  attr.writeUInt32LE(target, 4)
  attr.writeUInt32LE(attachType, 8)
  return calls.bpf(COMMAND.linkCreate, attr)
}

/** Attaches a raw tracepoint by name, or a tracing program to what it was loaded for: a link or -errno. */
export const openTracing = (calls: SystemCalls, program: number, name?: string): number => {
  const attr = Buffer.alloc(16)
  const text = Buffer.from(`${name ?? ''}\0`)
  if (name !== undefined) attr.writeBigUInt64LE(calls.addressOf(text), 0)
  attr.writeUInt32LE(program, 8)
  return calls.bpf(COMMAND.rawTracepointOpen, attr)
}
