/** Tests of the spool on a real disk. */
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BatchTag } from './segment-record.ts'
import { createSpool, type Spool } from './spool.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const PAYLOAD = Buffer.alloc(1000, 7)

const createRig = (maxBytes = 64_000, segmentBytes = 4000) => {
  const settled = new Set<string>()
  const said: string[] = []
  let nowMs = 0
  const nameOf = ({ epoch, seq }: BatchTag) => `${epoch}/${seq}`
  const note = (_fields: object, message: string) => said.push(message)
  const spool = createSpool(
    { path: join(folder, 'spool'), maxBytes, segmentBytes },
    {
      clock: () => nowMs,
      isSettled: (tag) => settled.has(nameOf(tag)),
      log: { warn: note, info: note },
    },
  )
  spool.start()
  const put = (seq: number, isSentNow = false, epoch = 1) =>
    spool.append({ epoch, seq, records: 10 }, [Buffer.from([seq]), PAYLOAD], isSentNow)
  return { spool, settled, said, put, advance: (ms: number) => (nowMs += ms) }
}

const takeAll = (spool: Spool) => {
  const taken = []
  for (let next = spool.next(); next; next = spool.next()) taken.push(next)
  return taken
}
const files = () => readdirSync(join(folder, 'spool')).toSorted()

describe('a spool', () => {
  it('gives back what it was given, oldest first, and deletes it once it has arrived', () => {
    const { spool, put } = createRig()
    for (let seq = 1; seq <= 10; seq++) put(seq)
    expect(files().length).toBeGreaterThan(2)
    const taken = takeAll(spool)
    expect(taken.map(({ seq, epoch, records }) => [epoch, seq, records])).toEqual(
      Array.from({ length: 10 }, (_, i) => [1, i + 1, 10]),
    )
    expect(taken.every(({ seq, payload }) => payload[0] === seq && payload.length === 1001)).toBe(
      true,
    )
    for (const { ticket } of taken) ticket.acknowledge()
    expect(spool.counts().bytes).toBe(0)
    expect(files()).toHaveLength(1)
    spool.stop()
  })

  it('survives the death of its process: another one reads what was written', () => {
    const killed = createRig()
    killed.put(1, true)
    killed.put(2)
    const { spool, put } = createRig()
    put(3, false, 2)
    expect(takeAll(spool).map(({ epoch, seq }) => [epoch, seq])).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
    ])
  })

  it('keeps nothing of a batch that was sent as it came and has arrived', () => {
    const { spool, put } = createRig()
    for (let seq = 1; seq <= 100; seq++) put(seq, true)?.acknowledge()
    expect(spool.counts().bytes).toBe(0)
    expect(statSync(join(folder, 'spool', files()[0]!)).size).toBe(0)
    expect(spool.next()).toBeUndefined()
  })

  it('replays what was sent as it came but has not arrived, behind what has', () => {
    const { spool, put, settled } = createRig()
    const tickets = [1, 2, 3].map((seq) => put(seq, true))
    expect(spool.next()).toBeUndefined()
    tickets[0]!.acknowledge()
    settled.add('1/1')
    expect(tickets.slice(1).map((ticket) => ticket!.giveBack())).toEqual([true, true])
    spool.rewind()
    expect(takeAll(spool).map(({ seq }) => seq)).toEqual([2, 3])
    spool.rewind()
    expect(takeAll(spool).map(({ seq }) => seq)).toEqual([2, 3])
  })

  it('gives up the oldest file beyond its bound and counts what was in it and had not arrived', () => {
    const { spool, put, settled } = createRig(8000, 2000)
    settled.add('1/1')
    for (let seq = 1; seq <= 20; seq++) put(seq)
    expect(spool.counts().bytes).toBeLessThanOrEqual(8000)
    const left = takeAll(spool).map(({ seq }) => seq)
    expect(left.at(-1)).toBe(20)
    expect(left).toEqual(Array.from({ length: left.length }, (_, i) => 21 - left.length + i))
    expect(spool.counts().overflowRecords).toBe((20 - left.length - 1) * 10)
  })

  it('drops a torn tail, and says that a file was damaged', () => {
    const killed = createRig()
    for (let seq = 1; seq <= 3; seq++) killed.put(seq)
    const path = join(folder, 'spool', files()[0]!)
    truncateSync(path, statSync(path).size - 5)
    const { spool } = createRig()
    expect(takeAll(spool).map(({ seq }) => seq)).toEqual([1, 2])
    expect(spool.counts().damagedFiles).toBe(1)
  })

  it.each([0, 4, 8, 12, 20, 40, 700])('believes no batch with a flipped byte at %i', (at) => {
    const killed = createRig()
    killed.put(1)
    const path = join(folder, 'spool', files()[0]!)
    const flipped = readFileSync(path)
    flipped[at]! ^= 1
    writeFileSync(path, flipped)
    const { spool } = createRig()
    expect(takeAll(spool)).toEqual([])
  })

  it('reads no end into garbage, and leaves files of others alone', () => {
    const killed = createRig()
    killed.put(1)
    appendFileSync(join(folder, 'spool', files()[0]!), Buffer.alloc(50, 0xff))
    writeFileSync(join(folder, 'spool', 'notes.txt'), 'mine')
    const { spool } = createRig()
    const [only, ...others] = takeAll(spool)
    expect([only!.seq, others]).toEqual([1, []])
    only!.ticket.acknowledge()
    spool.next()
    expect(files()).toContain('notes.txt')
  })

  it('says why the disk takes nothing, and tries again after a while', () => {
    writeFileSync(join(folder, 'spool'), 'a file')
    const { spool, put, advance, said } = createRig()
    expect(put(1)).toBeUndefined()
    expect(spool.problem()).toMatch(/EEXIST|ENOTDIR/)
    rmSync(join(folder, 'spool'))
    expect(put(2)).toBeUndefined()
    advance(5000)
    expect(put(3)).toBeDefined()
    expect(spool.problem()).toBe('')
    expect(said).toEqual(['the spool takes nothing', 'the spool takes batches again'])
    expect(takeAll(spool).map(({ seq }) => seq)).toEqual([3])
  })
})
