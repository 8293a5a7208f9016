/** For tests: what every history must say of the heaviest keys, and of amounts over time. */
import { expect, test } from 'vitest'
import type { FlowStore } from '../store/flow-store.ts'
import { at, queryOf, RANGE, START_MS } from './stored-records.ts'

interface Filled {
  store: FlowStore
  add(records: readonly Buffer[]): Promise<void>
}

export const testSums = (of: () => Filled): void => {
  test('the heaviest keys of a field', async () => {
    const { store, add } = of()
    await add([
      at(1, { src: '10.0.0.1', srcBytes: 10, dstBytes: 1 }),
      at(2, { src: '10.0.0.2', srcBytes: 5, dstBytes: 1, srcProcess: 4, end: 0 }),
    ])
    await add([at(3, { src: '10.0.0.2', dst: '10.0.0.2', srcBytes: 20, dstBytes: 1, sni: 2 })])
    const top = async (by: Parameters<FlowStore['top']>[0]['by'], measure: 'bytes' | 'flows') =>
      (await store.top({ ...RANGE, by, measure, limit: 2 })).rows.map(({ key, value }) => [
        key,
        value,
      ])
    expect(await top('src', 'bytes')).toEqual([
      ['10.0.0.2', 27],
      ['10.0.0.1', 11],
    ])
    expect(await top('ip', 'bytes')).toEqual([
      ['10.0.0.2', 38],
      ['10.0.0.1', 11],
    ])
    expect(await top('src', 'flows')).toEqual([
      ['10.0.0.1', 1],
      ['10.0.0.2', 1],
    ])
    expect(await top('srcProcess', 'bytes')).toEqual([
      ['', 32],
      ['curl', 6],
    ])
    expect(await top('sni', 'bytes')).toEqual([
      ['two.example', 21],
      ['', 17],
    ])
    expect(await top('protocol', 'bytes')).toEqual([['TCP', 38]])
    expect(await top('dstPort', 'bytes')).toEqual([[443, 38]])
    expect(await top('srcPid', 'bytes')).toEqual([
      [0, 32],
      [7, 6],
    ])
    expect(
      (
        await store.top({
          ...RANGE,
          ...queryOf('src = 10.0.0.1'),
          by: 'agent',
          measure: 'bytes',
          limit: 5,
        })
      ).rows,
    ).toEqual([{ key: 'host-a', value: 11, bytes: 11, packets: 30, flows: 1 }])
    expect(
      (
        await store.top({
          ...RANGE,
          fromMs: START_MS + 9e5,
          by: 'src',
          measure: 'bytes',
          limit: 5,
        })
      ).rows,
    ).toEqual([])
  })

  test('amounts over time, whole and by key', async () => {
    const { store, add } = of()
    await add([
      at(1, { srcBytes: 1, dstBytes: 0 }),
      at(12, { srcBytes: 2, dstBytes: 0, protocol: 17 }),
      at(14, { srcBytes: 4, dstBytes: 0 }),
      at(29, { srcBytes: 8, dstBytes: 0, protocol: 1 }),
      at(31, { srcBytes: 16, dstBytes: 0 }),
    ])
    const range = { fromMs: START_MS + 1000, toMs: START_MS + 30_000, stepMs: 10_000 }
    const common = { startMs: START_MS, stepMs: 10_000 }
    expect(await store.series({ ...range, measure: 'bytes', limit: 2 })).toEqual({
      ...common,
      lines: [{ values: [1, 6, 8] }],
    })
    expect(await store.series({ ...range, measure: 'bytes', by: 'protocol', limit: 2 })).toEqual({
      ...common,
      lines: [
        { key: 'ICMP', values: [0, 0, 8] },
        { key: 'TCP', values: [1, 4, 0] },
        { values: [0, 2, 0] },
      ],
    })
    const later = { fromMs: START_MS + 100_000, toMs: START_MS + 120_000, stepMs: 10_000 }
    expect((await store.series({ ...later, measure: 'flows', limit: 2 })).lines).toEqual([
      { values: [0, 0] },
    ])
  })
}
