/** Limits and pinned addresses in the loaded program, fed by test runs. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { ethernet, ip, tcp, TCP_FLAGS, udp } from '../mock/packet.ts'
import { createTestKernel, LO } from './test-kernel.ts'
import { createTestRun } from './test-run.ts'

const DROPPED = 2
/** Its bucket does not refill during the test. */
const THREE = { nsPerPacket: 1e12, burstNs: 3e12, kind: 'all' } as const

const bytesOf = (text: string): Uint8Array => {
  const { length, addr } = parsePrefix(text)
  return Uint8Array.from([length, 0, 0, 0, ...addr])
}
const packet = (src: string, srcPort = 1000) =>
  ethernet(ip({ src, dst: '192.0.2.1' }, udp(srcPort, 53)))
const syn = (src: string, srcPort: number, flags: number = TCP_FLAGS.syn) =>
  ethernet(ip({ src, dst: '192.0.2.1' }, tcp({ srcPort, dstPort: 443, flags })))

describe('limits and pinned addresses', () => {
  let kernel: ReturnType<typeof createTestKernel>
  let run: ReturnType<typeof createTestRun>
  const passed = (frames: Uint8Array[]) => frames.filter((one) => run(one) !== DROPPED).length
  beforeEach(() => {
    kernel = createTestKernel(64, [22])
    run = createTestRun(kernel.programFd('netscope_in'))
  })
  afterEach(() => kernel.close())

  it('each source of a limited prefix has its own bucket, old flows and new ones share it', () => {
    run(packet('10.0.0.1'))
    kernel.response.setLimit(bytesOf('10.0.0.0/8'), THREE)
    expect(passed([1, 1, 2, 3, 4].map((port) => packet('10.0.0.1', 999 + port)))).toBe(3)
    expect(passed([1, 2, 3, 4, 5].map((port) => packet('10.0.0.2', port)))).toBe(3)
    expect(passed([1, 2, 3, 4, 5].map((port) => packet('11.0.0.1', port)))).toBe(5)
    expect(kernel.response.limitDrops(bytesOf('10.0.0.0/8'))).toMatchObject({ packets: 4 })
    expect(kernel.hookCounters(LO, 'INGRESS')).toMatchObject({
      limitedPackets: 4,
      droppedPackets: 4,
    })
    kernel.response.removeLimit(bytesOf('10.0.0.0/8'))
    expect(passed([1, 2, 3].map(() => packet('10.0.0.1')))).toBe(3)
  })

  it('a limit of SYN leaves other segments alone', () => {
    kernel.response.setLimit(bytesOf('10.0.0.1'), { ...THREE, kind: 'syn' })
    expect(passed([1, 2, 3, 4, 5].map((port) => syn('10.0.0.1', port)))).toBe(3)
    const others = [1, 2, 3, 4, 5].map((port) => syn('10.0.0.1', port, TCP_FLAGS.ack))
    expect(passed(others)).toBe(5)
  })

  it('no entry reaches who is pinned, others in its prefix are reached', () => {
    kernel.lists.add('deny', bytesOf('10.0.0.0/8'), 1)
    kernel.response.pin(bytesOf('10.0.0.1'), 1)
    kernel.response.setLimit(bytesOf('10.0.0.0/8'), THREE)
    expect(passed([1, 2, 3, 4, 5].map((port) => packet('10.0.0.1', port)))).toBe(5)
    expect(run(packet('10.0.0.2'))).toBe(DROPPED)
    kernel.response.unpin(bytesOf('10.0.0.1'), 1)
    expect(run(packet('10.0.0.1'))).toBe(DROPPED)
  })

  it('the allow list and SSH beat a limit', () => {
    kernel.response.setLimit(bytesOf('10.0.0.0/8'), THREE)
    kernel.lists.add('allow', bytesOf('10.0.0.1'), 1)
    expect(passed([1, 2, 3, 4, 5].map((port) => packet('10.0.0.1', port)))).toBe(5)
  })
})
