/** BPF_PROG_TEST_RUN: the kernel runs a program over a packet of ours, many times in one system call. */
import { addressOf, errorName, testRun } from '@netscope/agent/kernel/libbpf.ts'

/** struct bpf_test_run_opts of libbpf 1.x (bpf.h). */
const OPTS = { bytes: 88, size: 80, dataIn: 8, dataSizeIn: 24, returnValue: 56, repeat: 60 }

const EINTR = -4

/** One call: false when it was interrupted, and ended before `repeat` runs. Returns what the program returned last in `opts`. */
const attempt = (program: number, opts: Buffer): boolean => {
  const result: number = testRun(program, opts)
  if (result < 0 && result !== EINTR) throw new Error(`BPF_PROG_TEST_RUN: ${errorName(result)}`)
  return result !== EINTR
}

const optionsOf = (packet: Uint8Array, repeat: number): Buffer => {
  const opts = Buffer.alloc(OPTS.bytes)
  opts.writeBigUInt64LE(BigInt(OPTS.size), 0)
  opts.writeBigUInt64LE(addressOf(packet), OPTS.dataIn)
  opts.writeUInt32LE(packet.length, OPTS.dataSizeIn)
  opts.writeInt32LE(repeat, OPTS.repeat)
  return opts
}

/** Runs `program` up to `repeat` times; any pending work of this thread ends it early. */
export const runSome = (program: number, packet: Uint8Array, repeat: number): void =>
  void attempt(program, optionsOf(packet, repeat))

/** Runs `program` at least `repeat` times and returns what it returned last, as an i32. */
export const runProgram = (program: number, packet: Uint8Array, repeat: number): number => {
  const opts = optionsOf(packet, repeat)
  // Interruptions are rare, and the time of such a run is an outlier.
  for (let left = 10; left > 0 && !attempt(program, opts); left--);
  return opts.readInt32LE(OPTS.returnValue)
}

/** Nanoseconds per run, by our own clock: the kernel's figure is rounded to whole nanoseconds. */
export const timeProgram = (program: number, packet: Uint8Array, repeat: number): number => {
  const start = process.hrtime.bigint()
  runProgram(program, packet, repeat)
  return Number(process.hrtime.bigint() - start) / repeat
}
