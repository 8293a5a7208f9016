/** Tracing on whatever kernel runs this: what it allows counts real packets, what it refuses is told with a reason. */
import { createSocket } from 'node:dgram'
import { readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { formatAddress } from '@netscope/core/address.ts'
import { WAYS } from './trace-hooks.ts'
import { createTracing, type Tracing } from './tracing.ts'

const DATA = 100
const PACKETS = 5
const UDP = 17

/** Datagrams to a port of lo where nobody listens. */
const sendInVain = async (port: number): Promise<void> => {
  const socket = createSocket('udp4')
  for (let i = 0; i < PACKETS; i++) {
    await new Promise((resolve) => socket.send(Buffer.alloc(DATA), port, '127.0.0.1', resolve))
  }
  socket.close()
}

/** A port that was free a moment ago. */
const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(resolve))
  return port
}

const ownNetns = (): number => Number(/\d+/.exec(readlinkSync('/proc/self/ns/net'))?.[0])

describe('tracing', () => {
  let tracing: Tracing | undefined
  afterEach(() => tracing?.stop())

  it.each(WAYS)('by %s: each hook works, or says why not and what would help', (way) => {
    tracing = createTracing({ ways: [way] })
    const hooks = tracing.start()
    expect(hooks.length).toBeGreaterThanOrEqual(7)
    for (const { name, ok, how, reason, remedy } of hooks) {
      if (ok) expect(how, name).toBeDefined()
      else expect([reason, remedy], name).toEqual([expect.any(String), expect.any(String)])
    }
    expect(() => tracing?.read()).not.toThrow()
  })

  it.each(WAYS)('by %s: counts real drops where it works', async (way) => {
    tracing = createTracing({ ways: [way] })
    const drops = tracing.start().find(({ name }) => name === 'drops')
    tracing.read()
    const port = await freePort()
    await sendInVain(port)
    await sleep(100)
    const rows = tracing
      .read()
      .drops.filter(({ tuple: { endpoints, protocol } }) => {
        const view = new DataView(endpoints.buffer)
        return protocol === UDP && [32, 34].some((at) => view.getUint16(at, true) === port)
      })
      .map(({ tuple, ...row }) => ({
        ...row,
        from: formatAddress(new DataView(tuple.endpoints.buffer), tuple.sender * 16),
      }))
    const counted = {
      ifindex: 1,
      netns: ownNetns(),
      reason: 'NO_SOCKET',
      packets: PACKETS,
      bytes: PACKETS * (20 + 8 + DATA),
      from: '127.0.0.1',
    }
    expect(rows).toEqual(drops?.ok ? [counted] : [])
  })

  it('has no rows before the start and after the stop', () => {
    tracing = createTracing()
    expect(tracing.read().drops).toEqual([])
    tracing.start()
    tracing.stop()
    expect(tracing.read().dropTotals).toEqual([])
    expect(tracing.counters()).toBeUndefined()
  })
})
