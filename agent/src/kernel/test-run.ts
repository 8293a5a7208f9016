/** Packets through the loaded kernel program by BPF_PROG_TEST_RUN, one at a time. */
import { addressOf, testRun } from './libbpf.ts'

/** struct bpf_test_run_opts of libbpf 1.x */
const OPTS = {
  bytes: 80,
  dataIn: 8,
  dataSizeIn: 24,
  dataSizeOut: 28,
  ctxIn: 32,
  ctxSizeIn: 48,
  ctxSizeOut: 52,
  retval: 56,
  repeat: 60,
}
/** struct __sk_buff */
const SKB = { bytes: 192, gsoSegs: 164, gsoSize: 176 }

const EINVAL = -22

/**
 * Runs the program once; returns its verdict as tc reads it, undefined where the kernel refuses to build
 * the packet (since 6.16 it wants a whole IP header behind an IP EtherType). `segments` > 1: a GSO super-packet.
 */
export const createTestRun = (programFd: number) => {
  const opts = Buffer.alloc(OPTS.bytes)
  const skb = Buffer.alloc(SKB.bytes)
  const packet = Buffer.alloc(2048)
  opts.writeBigUInt64LE(BigInt(OPTS.bytes), 0)
  opts.writeBigUInt64LE(addressOf(packet), OPTS.dataIn)
  opts.writeBigUInt64LE(addressOf(skb), OPTS.ctxIn)
  opts.writeUInt32LE(SKB.bytes, OPTS.ctxSizeIn)
  opts.writeUInt32LE(1, OPTS.repeat)
  return (frame: Uint8Array, segments = 1): number | undefined => {
    packet.set(frame)
    opts.writeUInt32LE(frame.length, OPTS.dataSizeIn)
    opts.writeUInt32LE(0, OPTS.dataSizeOut) // the last call has written what it would have returned
    opts.writeUInt32LE(0, OPTS.ctxSizeOut)
    skb.writeUInt32LE(segments > 1 ? segments : 0, SKB.gsoSegs)
    skb.writeUInt32LE(segments > 1 ? 100 : 0, SKB.gsoSize)
    const result: number = testRun(programFd, opts)
    if (result === EINVAL) return undefined
    if (result < 0) throw new Error(`test run of ${frame.length} bytes: ${result}`)
    return opts.readInt32LE(OPTS.retval)
  }
}
