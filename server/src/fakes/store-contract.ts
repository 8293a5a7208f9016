/** For tests: what every history of flows must do; run over each of them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAgentContext } from '../flows/agent-context.ts'
import type { FlowStore, StoredFlow } from '../store/flow-store.ts'
import {
  ALL,
  at,
  contextOf,
  flowsOf,
  queryOf,
  RANGE,
  sortable,
  START_MS,
} from './stored-records.ts'
import { testSums } from './sum-contract.ts'

export interface TestedStore {
  store: FlowStore
  /** Removes what it made. */
  remove(): Promise<void>
}

/** How many of three flows each means. */
const FILTERS: readonly [string, number][] = [
  ['src in 10.0.0.0/24', 2],
  ['ip = 2001:db8::1', 1],
  ['dstPort = 53 and protocol = UDP', 1],
  ['bytes > 1GB', 1],
  ['process ~ curl', 1],
  ['process = "o\'neil"', 1],
  ['not process = curl', 2],
  ['user = root', 1],
  ['container ~ docker', 1],
  ['pid = 8', 1],
  ['name = one.example', 1],
  ['sni = ""', 2],
  ['agent = host-a', 3],
  ['agent = host-b', 0],
  ['interface = eth0', 3],
  ['end = closed', 3],
  ['durationMs > 0.5', 3],
  ['lastSeen > 2023-11-14T22:13:22Z', 1],
  ['srcProcessStarted < 2023-11-14', 0],
  ['id ~ host-a-7', 1],
  ['direction = inbound', 0],
  ['', 3],
]

export const testStore = (name: string, make: () => Promise<TestedStore>): void => {
  describe(name, () => {
    let tested: TestedStore
    let store: FlowStore
    let seq = 0

    beforeEach(async () => {
      tested = await make()
      ;({ store } = tested)
      await store.start()
      seq = 0
    })
    afterEach(async () => {
      await store.stop()
      await tested.remove()
    })

    const add = (records: readonly Buffer[], context = contextOf('host-a'), epoch = 1) =>
      store.append({
        agent: context.agent,
        epoch,
        seq: ++seq,
        records: Buffer.concat(records),
        context,
      })

    test('gives back every field as it came in', async () => {
      const context = contextOf('host-a')
      context.wallOffsetMs = START_MS + 0.3456789
      const records = Buffer.concat([
        at(1, { dstName: 1, sni: 2, ja4: 3, srcProcess: 4, dstProcess: 5, srcRttUs: 1234 }),
        at(2, { src: '2001:db8::1', dst: '2001:db8::2', srcBytes: 2 ** 40 + 1, vlan: 4094 }),
        at(3, { protocol: 17, dstPort: 53, path: 5, verdict: 1, end: 1, ifindex: 9, drops: 3 }),
        at(4, { protocol: 255, srcPort: 65535, end: 4, srcRate: 1.5, srcName: 2, httpHost: 77 }),
        at(5, { firstNs: 123_456_789, syn: 0, end: 3, slot: 131_071, srcSent: 2 ** 33 }),
      ])
      await store.append({ agent: 'host-a', epoch: 1, seq: 1, records, context })
      expect((await store.find(ALL)).flows).toEqual(flowsOf(records, context))
    })

    test('takes a batch once, in whatever order repeats come', async () => {
      await add([at(1)])
      await add([at(2)])
      const context = contextOf('host-a')
      for (const repeated of [1, 2, 1])
        await store.append({ agent: 'host-a', epoch: 1, seq: repeated, records: at(9), context })
      expect((await store.find(ALL)).flows).toHaveLength(2)
      await store.append({ agent: 'host-a', epoch: 2, seq: 1, records: at(3), context })
      await add([at(4)], contextOf('host-b'), 1)
      expect((await store.find(ALL)).flows).toHaveLength(4)
      expect(store.lastSeq('host-a', 1)).toBe(2)
      expect(store.lastSeq('host-a', 2)).toBe(1)
      expect(store.lastSeq('host-b', 1)).toBe(3)
      expect(store.lastSeq('host-b', 2)).toBeUndefined()
    })

    test('numbers of frames may wrap', async () => {
      const context = contextOf('host-a')
      for (const number of [4_294_967_295, 0, 4_294_967_295, 0])
        await store.append({ agent: 'host-a', epoch: 1, seq: number, records: at(1), context })
      expect((await store.find(ALL)).flows).toHaveLength(2)
    })

    test('each run of an agent has names of its own', async () => {
      const [before, after] = [contextOf('host-a'), createAgentContext('host-a')]
      after.wallOffsetMs = START_MS
      after.dictionary.add({ texts: [[1, 'other.example']], processes: [] })
      await add([at(1, { sni: 1 })], before)
      await add([at(2, { sni: 1 })], after, 2)
      await add([at(3, { sni: 1 })], before)
      const { flows } = await store.find(ALL)
      expect(flows.map(({ sni }) => sni)).toEqual(['one.example', 'other.example', 'one.example'])
    })

    test('a range is from its first moment to before its last', async () => {
      await add([at(10), at(20), at(30, { lastNs: 30e9 + 999_999_999 })])
      const secondsIn = async (fromMs: number, toMs: number) => {
        const { flows } = await store.find({
          ...ALL,
          fromMs: START_MS + fromMs,
          toMs: START_MS + toMs,
        })
        return flows.map(({ lastSeen }) => Number(lastSeen.slice(17, 19)))
      }
      expect(await secondsIn(10_000, 20_000)).toEqual([30])
      expect(await secondsIn(10_000.001, 20_000.001)).toEqual([40])
      expect(await secondsIn(0, 31_000)).toEqual([30, 40])
      expect(await secondsIn(0, 31_001)).toEqual([30, 40, 51])
      expect(await secondsIn(31_000, 31_001)).toEqual([51])
      expect(await secondsIn(500_000, 1_000_000)).toEqual([])
    })

    test('finds what filters mean', async () => {
      await add([
        at(1, { sni: 1, srcProcess: 4, slot: 7 }),
        at(2, { protocol: 17, dstPort: 53, dstProcess: 5 }),
        at(3, { src: '2001:db8::1', dst: '2001:db8::2', srcBytes: 3e9 }),
      ])
      for (const [text, count] of FILTERS) {
        const { flows } = await store.find({ ...ALL, ...queryOf(text) })
        expect(flows.length, text).toBe(count)
      }
    })

    test.each([
      'lastSeen',
      'srcBytes',
      'src',
      'dstName',
      'srcProcess',
      'protocol',
      'id',
      'end',
    ] as const)('pages by %s in both directions lose and repeat nothing', async (sort) => {
      const many = Array.from({ length: 23 }, (_, i) =>
        at(1 + (i % 7), {
          slot: i,
          srcBytes: ((i * 7) % 5) * 9,
          src: `10.0.${i % 3}.${i}`,
          dstName: i % 3,
          srcProcess: i % 2 ? 4 : 0,
          protocol: [6, 17, 132][i % 3]!,
          end: 1 + (i % 3),
        }),
      )
      await add(many.slice(0, 9))
      await add(many.slice(9))
      for (const order of ['asc', 'desc'] as const) {
        const whole = (await store.find({ ...ALL, sort, order })).flows
        expect(whole).toHaveLength(23)
        const values = whole.map((flow) => sortable(flow[sort]))
        const sign = order === 'asc' ? 1 : -1
        expect(values).toEqual(values.toSorted((a, b) => sign * (a < b ? -1 : a > b ? 1 : 0)))
        const paged: StoredFlow[] = []
        let cursor: string | undefined
        do {
          const page = await store.find({
            ...ALL,
            sort,
            order,
            limit: 5,
            ...(cursor && { cursor }),
          })
          paged.push(...page.flows)
          cursor = page.nextCursor
        } while (cursor !== undefined)
        expect(paged).toEqual(whole)
      }
    })

    testSums(() => ({ store, add }))

    test('a flow that lives long is stored in parts, whose sum it is', async () => {
      const common = { slot: 5, firstNs: 1e9, srcPackets: 1, dstBytes: 0 }
      const sent = { srcSent: 700, srcRetransmits: 2 }
      await add([at(10, { ...common, end: 0, srcBytes: 100, ...sent })])
      await add([at(20, { ...common, end: 0, srcBytes: 150, ...sent })])
      await add([at(30, { ...common, end: 0, srcBytes: 150, ...sent, srcSent: 900 })])
      await add([at(40, { ...common, end: 1, srcBytes: 170, ...sent, srcSent: 901 })])
      // Another flow in the same slot begins anew, whether or not the one before had its end.
      await add([at(50, { ...common, end: 0, firstNs: 45e9, srcBytes: 30 })])
      await add([at(60, { ...common, end: 2, firstNs: 55e9, srcBytes: 40 })])
      const { flows } = await store.find(ALL)
      expect(flows.map(({ srcBytes }) => srcBytes)).toEqual([100, 50, 0, 20, 30, 40])
      expect(flows.map(({ srcSentBytes }) => srcSentBytes)).toEqual([700, 0, 200, 1, 0, 0])
      expect(flows.map(({ srcRetransmits }) => srcRetransmits)).toEqual([2, 0, 0, 0, 0, 0])
      expect(flows.map(({ end }) => end)).toEqual(['', '', '', 'idle', '', 'closed'])
      expect(new Set(flows.slice(0, 4).map(({ id }) => id)).size).toBe(1)
      // The end of the second one comes late, out of an agent's spool.
      await add([at(51, { ...common, end: 1, firstNs: 45e9, srcBytes: 35 })])
      const { rows } = await store.top({ ...RANGE, by: 'agent', measure: 'srcBytes', limit: 1 })
      expect(rows[0]).toMatchObject({ value: 245, flows: 3 })
    })

    test('says how much there is', async () => {
      expect(await store.stats()).toMatchObject({ rows: 0, oldestMs: undefined })
      await add([at(5), at(6)])
      expect(await store.stats()).toMatchObject({ rows: 2, oldestMs: START_MS + 5000 })
    })

    test('takes many batches at a time', async () => {
      const context = contextOf('host-a')
      await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          add(
            Array.from({ length: 10 }, (_, j) => at(1 + ((i + j) % 60), { slot: i })),
            context,
          ),
        ),
      )
      expect(store.backlogBytes).toBe(0)
      expect((await store.stats()).rows).toBe(400)
      const { rows } = await store.top({ ...RANGE, by: 'agent', measure: 'flows', limit: 1 })
      expect(rows[0]?.value).toBe(400)
    })
  })
}
