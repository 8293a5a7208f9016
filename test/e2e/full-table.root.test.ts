/** A table of 1,000 entries and 50,000 real flows: totals stay exact, the overflow is shown. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Status } from '@netscope/core/status.ts'
import { ethernet, ip, udp } from '../../agent/src/mock/packet.ts'
import { createLab, HERE, sleep, until } from './lab.ts'

const FLOWS = 50_000
const ENTRIES = 1000

describe('a flow table that is far too small', () => {
  const lab = createLab()
  beforeAll(async () => {
    lab.up()
    await lab.netscope({ NETSCOPE_FLOWS_TABLE_SIZE: String(ENTRIES) })
  }, 180_000)
  afterAll(() => lab.down(), 60_000)

  it('counts every packet of 50,000 flows, says how many have no entry, and stays up', async () => {
    const [packetsBefore, agentBefore] = [lab.counters().rxPackets, lab.pids('agent/src/main.ts')]
    const frames = Array.from({ length: FLOWS }, (_, i) =>
      ethernet(
        ip(
          { src: `10.80.${(i >> 8) & 255}.${i & 255}`, dst: '10.77.0.1' },
          udp(1024 + (i >> 16), 9999),
        ),
      ),
    )
    lab.sendFrames(frames)
    const udpIn = ({ totals }: Status) =>
      totals
        .filter(({ protocol, direction }) => protocol === 'UDP' && direction === 'INGRESS')
        .reduce((sum, { packets }) => sum + packets, 0)
    await until(lab.status, (now) => now.flowTable.overflowPackets > 0 && udpIn(now) >= FLOWS)
    // More than there were would come with what is told next.
    await sleep(1500)
    const status = lab.status()
    expect(lab.counters().rxPackets - packetsBefore).toBeGreaterThanOrEqual(FLOWS)
    expect(udpIn(status)).toBe(FLOWS)
    expect(status.flowTable.used).toBeLessThanOrEqual(ENTRIES)
    expect(status.flowTable.overflowPackets).toBeGreaterThan(FLOWS - 5 * ENTRIES)
    expect(status.degraded.join(' ')).toMatch(/table/)
    expect(lab.pids('agent/src/main.ts')).toEqual(agentBefore)
    expect(status.interfaces.some(({ name }) => name === HERE.interface)).toBe(true)
  })
})
