/** Flows as windows of five minutes. */
import { expect, test } from 'vitest'
import type { Flow } from '@netscope/core/flow.ts'
import { createFlowWindows } from './flow-windows.ts'

const at = (seconds: number): string => new Date(seconds * 1000).toISOString()

const flow = (given: Partial<Flow>): Partial<Flow> => ({
  id: `f${Math.random()}`,
  src: '10.0.0.5',
  dst: '198.51.100.1',
  dstPort: 443,
  protocolNumber: 6,
  srcBytes: 1200,
  dstBytes: 12_000,
  srcPackets: 12,
  dstPackets: 24,
  handshake: 'complete',
  firstSeen: at(10),
  lastSeen: at(20),
  ...given,
})

const windowsOf = (...flows: Partial<Flow>[]) => {
  const windows = createFlowWindows((address) => address.startsWith('10.'), 'x')
  const taken = flows.map((each) => windows.add(each))
  return { taken, windows: windows.windows() }
}

test('a flow that lives long is spread over the windows of its time, and begins in the first', () => {
  const { windows } = windowsOf(flow({ firstSeen: at(150), lastSeen: at(750) }))
  expect(
    windows.map(({ counts: { startMs, sentBytes, receivedBytes, packets, flows, attempts } }) => [
      startMs / 1000,
      sentBytes,
      receivedBytes,
      packets,
      flows,
      attempts,
    ]),
  ).toEqual([
    [0, 300, 3000, 9, 1, 1],
    [300, 600, 6000, 18, 0, 0],
    [600, 300, 3000, 9, 0, 0],
  ])
})

test('a part of a flow counts from where the part before it ended', () => {
  const { windows } = windowsOf(
    flow({ id: 'long', firstSeen: at(0), lastSeen: at(299) }),
    flow({ id: 'long', firstSeen: at(0), lastSeen: at(600) }),
  )
  const sums = windows.map(({ counts }) => [counts.flows, Math.round(counts.sentBytes)])
  expect(sums.slice(0, 2)).toEqual([
    [1, 1204],
    [0, 1196],
  ])
})

test('both sides are devices where both are local; a side that never sent anything is none', () => {
  const { windows } = windowsOf(
    flow({ dst: '10.0.0.6' }),
    flow({ dst: '10.0.0.7', dstPackets: 0, dstBytes: 0, handshake: 'unanswered' }),
  )
  expect(windows.map(({ device, counts }) => [device, counts.sentBytes, counts.failures])).toEqual([
    ['10.0.0.5', 2400, 1],
    ['10.0.0.6', 12_000, 0],
  ])
})

test('the windows at both ends are partial unless they were seen whole', () => {
  const { windows } = windowsOf(
    flow({ firstSeen: at(200), lastSeen: at(250) }),
    flow({ firstSeen: at(400), lastSeen: at(500) }),
    flow({ firstSeen: at(700), lastSeen: at(890) }),
  )
  expect(windows.map(({ isPartial }) => isPartial)).toEqual([true, false, false])
})

test('hostile lines neither throw nor count', () => {
  const { taken, windows } = windowsOf(
    {},
    flow({ firstSeen: 'yesterday' }),
    flow({ firstSeen: at(30) }),
    flow({ src: 5 as never }),
    flow({ srcBytes: -1, dstBytes: Number.NaN, srcPackets: 'x' as never }),
    flow({ firstSeen: '0001-01-01T00:00:00Z', lastSeen: at(0) }),
  )
  expect(taken).toEqual([false, false, false, false, true, true])
  expect(windows.length).toBe(2016)
  expect(windows.every(({ counts }) => Object.values(counts).every(Number.isFinite))).toBe(true)
})
