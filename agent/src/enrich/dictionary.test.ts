/** Ids of texts and processes: never used again, and only as many as there is use for. */
import { describe, expect, it } from 'vitest'
import { MAX_FRAME_BYTES } from '@netscope/core/wire.ts'
import { createDictionary } from './dictionary.ts'

const curl = { pid: 1, uid: 0, command: 'curl' }

const createRig = (maxEntries = 10) => {
  const used = new Set<number>()
  const dictionary = createDictionary(maxEntries, (mark) => used.forEach((id) => mark(id)))
  return { dictionary, used }
}

describe('a dictionary', () => {
  it('gives a text and a process the same id each time, the empty text 0', () => {
    const { dictionary } = createRig()
    const id = dictionary.text('example.org')
    expect(id).toBeGreaterThan(0)
    expect(dictionary.text('example.org')).toBe(id)
    expect(dictionary.textOf(id)).toBe('example.org')
    const process = dictionary.process(curl)
    expect(process).not.toBe(id)
    expect(dictionary.process({ ...curl })).toBe(process)
    expect(dictionary.process({ ...curl, exe: '/usr/bin/curl' })).not.toBe(process)
    expect(dictionary.processOf(process)).toEqual(curl)
    expect([dictionary.text(''), dictionary.textOf(0)]).toEqual([0, ''])
  })

  it('cuts long texts', () => {
    const { dictionary } = createRig()
    const id = dictionary.text('x'.repeat(10_000))
    expect(dictionary.textOf(id)).toBe('x'.repeat(512))
    expect(dictionary.text('x'.repeat(600))).toBe(id)
  })

  it('forgets what nobody uses when it is full, and gives no id twice', () => {
    const { dictionary, used } = createRig(10)
    const kept = dictionary.text('kept')
    const keptProcess = dictionary.process(curl)
    used.add(kept).add(keptProcess)
    const ids = new Set([kept, keptProcess])
    for (let i = 0; i < 1000; i++) ids.add(dictionary.text(`text ${i % 20}`))
    for (let i = 0; i < 1000; i++) ids.add(dictionary.process({ ...curl, pid: i }))
    expect(dictionary.text('kept')).toBe(kept)
    expect(dictionary.process(curl)).toBe(keptProcess)
    const [entries] = dictionary.all()
    expect(entries!.texts.length + entries!.processes.length).toBeLessThanOrEqual(10)
    // 20 texts for 10 places: many were forgotten, and came back under new ids.
    expect(Math.max(...ids)).toBeGreaterThan(22 + 1000)
    expect([...ids].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: ids.size }, (_, i) => i + 1),
    )
  })

  it('grows to twice its size while all is in use, and no further; then looks again only now and then', () => {
    let sweeps = 0
    const all = new Set<number>()
    const dictionary = createDictionary(10, (mark) => {
      sweeps++
      all.forEach((id) => mark(id))
    })
    for (let i = 0; i < 1000; i++) all.add(dictionary.text(`text ${i}`))
    expect([all.size, all.has(0), dictionary.refused()]).toEqual([21, true, 980])
    expect(dictionary.textOf(1)).toBe('text 0')
    expect(sweeps).toBeLessThan(10)
    all.clear()
    for (let i = 0; i < 5000; i++) dictionary.text(`more ${i}`)
    expect(dictionary.text('at last')).toBeGreaterThan(0)
  })

  it('holds no more characters than it may', () => {
    const dictionary = createDictionary(1000, (mark) => mark(1), 1000)
    const ids = Array.from({ length: 30 }, (_, i) => dictionary.text(`${i}`.repeat(50)))
    expect(ids.filter((id) => id > 0).length).toBeGreaterThan(10)
    const characters = dictionary.all().flatMap(({ texts }) => texts.map(([, text]) => text.length))
    expect(characters.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(1000)
  })

  it('tells again what the listener has forgotten, once it is used again', () => {
    const { dictionary } = createRig(100)
    const [a, b] = [dictionary.text('a'), dictionary.text('b')]
    dictionary.takeNew()
    let asked = 0
    const used = () => {
      asked++
      return [a]
    }
    expect([dictionary.takeNew(used), asked]).toEqual([[], 0])
    dictionary.forget([a, b, 99])
    expect(dictionary.takeNew(used)).toEqual([{ texts: [[a, 'a']], processes: [] }])
    expect(dictionary.takeNew(used)).toEqual([])
    expect(dictionary.entriesOf([b, 99])).toEqual({ texts: [[b, 'b']], processes: [] })
  })

  it('tells what is new once, without what it has forgotten meanwhile', () => {
    const { dictionary, used } = createRig(10)
    used.add(dictionary.text('kept'))
    for (let i = 0; i < 10_000; i++) dictionary.text(`text ${i}`)
    const pieces = dictionary.takeNew()
    const texts = pieces.flatMap((piece) => piece.texts.map(([, text]) => text))
    expect(texts[0]).toBe('kept')
    expect(texts.at(-1)).toBe('text 9999')
    expect(texts.length).toBeLessThanOrEqual(10)
    expect(dictionary.takeNew()).toEqual([])
  })

  it('tells much in pieces that fit a frame', () => {
    const { dictionary } = createRig(100_000)
    // The longest of agent/src/enrich/processes.ts, of characters that take three bytes.
    const [exe, cgroup] = ['€'.repeat(1024), '€'.repeat(1024)]
    for (let pid = 0; pid < 2500; pid++)
      dictionary.process({ ...curl, pid, exe, cgroup, commandLine: '€'.repeat(512) })
    for (const pieces of [dictionary.takeNew(), dictionary.all()]) {
      expect(pieces.reduce((sum, { processes }) => sum + processes.length, 0)).toBe(2500)
      for (const piece of pieces)
        expect(Buffer.byteLength(JSON.stringify(piece))).toBeLessThan(MAX_FRAME_BYTES)
    }
  })
})
