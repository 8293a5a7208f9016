/** Which devices are learned, when there are more than there is room for. */
import { expect, test } from 'vitest'
import { createDeviceTable, currentWindow } from './device-table.ts'
import type { DevicePart } from './traffic-window.ts'
import { rowOf, WINDOW_COLUMNS } from './window-columns.ts'

const PART: DevicePart = {
  isClient: true,
  peer: '198.51.100.1',
  port: 443,
  protocol: 6,
  sentBytes: 1,
  receivedBytes: 1,
  sentPackets: 1,
  receivedPackets: 1,
  begins: true,
  isAttempt: true,
  isAccepted: true,
}

/** The devices have traffic in all windows from `from` up to `to`. */
const live = (
  table: ReturnType<typeof createDeviceTable>,
  addresses: readonly string[],
  from: number,
  to: number,
) => {
  for (let window = from; window < to; window++) {
    for (const address of addresses) {
      const device = table.get(address) ?? table.add(address, 'a1', window)
      currentWindow(device, window).add(PART)
    }
    table.close(window, (device, counted) => device.baseline.learn(rowOf(counted.counts(0))))
  }
}

/** Whom 256 passers-by do not push out. */
const stayers = (table: ReturnType<typeof createDeviceTable>, window: number): string[] => {
  for (let i = 0; i < 256; i++) table.add(`10.8.0.${i}`, 'a1', window)
  return ['10.0.0.1', '10.0.0.2'].filter((address) => table.get(address))
}

test('who has been there for an hour is not pushed out by any number of passers-by', () => {
  const table = createDeviceTable(4, 288)
  live(table, ['10.0.0.1', '10.0.0.2'], 0, 12)
  for (let i = 0; i < 20_000; i++) table.add(`10.9.${i >> 8}.${i & 255}`, 'a1', 12)
  expect(table.get('10.0.0.1')?.baseline.learned).toBe(12)
  expect(table.get('10.9.0.0')).toBeUndefined()
  expect(stayers(table, 13)).toEqual(['10.0.0.1', '10.0.0.2'])
})

test('a place is free again when its device has been away for a day', () => {
  const table = createDeviceTable(1, 288)
  live(table, ['10.0.0.1'], 0, 12)
  live(table, ['10.0.0.2'], 12, 40)
  expect(stayers(table, 40)).toEqual(['10.0.0.1'])
  live(table, ['10.0.0.2'], 288, 300)
  live(table, ['10.0.0.2'], 300, 301)
  expect(stayers(table, 301)).toEqual(['10.0.0.2'])
})

test('a newcomer with traffic is not pushed out by others within the same window', () => {
  const table = createDeviceTable(4, 288)
  let added = 0
  for (let window = 1; window <= 2; window++)
    for (let i = 0; i < 1000; i++) {
      if (!table.hasPlace(window)) continue
      currentWindow(table.add(`10.9.${window}.${i}`, 'a1', window), window).add(PART)
      added++
    }
  expect(added).toBe(2 * 256)
  expect(table.get('10.9.1.0')).toBeUndefined()
  expect(table.get('10.9.2.0')).toBeDefined()
})

test('every column of a window is one of the model', () => {
  expect(new Set(WINDOW_COLUMNS.map(({ name }) => name)).size).toBe(14)
})
