/** Detections in captures: when they are told, and that they are the same each time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ReplayLine } from '@netscope/core/replay.ts'
import type { Finding } from '@netscope/detect/detection.ts'
import type { Detector, DetectorDeps, DetectorKind } from '@netscope/detect/detector.ts'
import { ethernet, ip, udp } from '../mock/packet.ts'
import { writePcap } from '../pcap/write-capture.ts'
import { replay } from './replay.ts'
import { at, CONFIG, START } from './replay-rig.ts'

const kindOf = (create: (deps: DetectorDeps) => Detector): DetectorKind => ({
  name: 'fake',
  version: 1,
  description: 'Finds what a test wants.',
  techniques: ['T1046'],
  create: (_settings, deps) => create(deps),
})

const finding = (timeMs: number, key: string, firstMs = timeMs): Finding => ({
  key,
  title: `${key} did it`,
  severity: 40,
  confidence: 1,
  technique: 'T1046',
  timeMs,
  firstMs,
  agent: 'replay',
  source: { ip: key },
  target: {},
  direction: 'internal',
  evidence: { reason: 'it is a test', facts: [], flows: [] },
  quietMs: 30_000,
})

/** Finds each flow with news by its source. */
const EACH_SOURCE = kindOf(({ report }) => ({
  flow: ({ timeMs, firstMs, src, newSrcPackets }) =>
    newSrcPackets > 0 && report(finding(timeMs, src, firstMs)),
}))

const run = async (content: Uint8Array, kind: DetectorKind) => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-detection-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'capture')
  writeFileSync(file, content)
  let text = ''
  const known: [string, number][] = []
  const output = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk)
      done()
    },
  })
  const { summary } = await replay(
    [file],
    { ...CONFIG, kinds: [kind] },
    {
      output,
      onDetection: (_detection, change, knownMs) => known.push([change, knownMs - START * 1000]),
    },
  )
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReplayLine)
  return { text, summary, known, alerts: lines.filter((line) => line.type === 'alert') }
}

const packet = (seconds: number, src: string) =>
  at(seconds, ethernet(ip({ src, dst: '10.0.0.9' }, udp(4000, 53, new Uint8Array(9)))))

describe('a detection in a capture', () => {
  it('is printed when it has ended, at the latest at the end of the capture', async () => {
    const file = writePcap([packet(0, '10.0.0.1'), packet(100, '10.0.0.2')])
    const { alerts, summary, text } = await run(file, EACH_SOURCE)
    expect(alerts).toMatchObject([
      { src: '10.0.0.1', label: 'medium', state: 'ended', firstSeen: '2023-11-14T22:13:20.000Z' },
      { src: '10.0.0.2', label: 'medium', state: 'ended', firstSeen: '2023-11-14T22:15:00.000Z' },
    ])
    expect(summary.alerts).toBe(2)
    expect(text.trimEnd().split('\n').at(-1)).toContain('"summary"')
  })

  it('is byte for byte the same each time', async () => {
    const packets = Array.from({ length: 500 }, (_, i) => packet(i % 90, `10.0.${i % 7}.${i % 11}`))
    const file = writePcap(packets)
    const [one, two] = [await run(file, EACH_SOURCE), await run(file, EACH_SOURCE)]
    expect(one.alerts.length).toBeGreaterThan(60)
    expect(one.text.replaceAll(/netscope-detection-\w+/g, '')).toBe(
      two.text.replaceAll(/netscope-detection-\w+/g, ''),
    )
  })

  it('is known when its second is over', async () => {
    const file = writePcap([packet(0, '10.0.0.1'), packet(5, '10.0.0.1')])
    const { known } = await run(file, EACH_SOURCE)
    expect(known[0]).toEqual(['new', 1000])
  })

  it('grows with records of a flow that lives on', async () => {
    const file = writePcap(Array.from({ length: 10 }, (_, second) => packet(second, '10.0.0.1')))
    const { alerts } = await run(file, EACH_SOURCE)
    expect(alerts).toHaveLength(1)
    expect(alerts[0]?.count).toBeGreaterThan(9)
    expect(alerts[0]?.lastSeen).toBe('2023-11-14T22:13:29.000Z')
  })
})

describe('the clock of detectors', () => {
  const TICKS = kindOf(({ report }) => ({
    tick: (nowMs) => report(finding(nowMs, String(nowMs / 1000 - START))),
  }))

  it('ticks each second of the capture, and two beyond its end', async () => {
    const { alerts } = await run(writePcap([packet(0, '10.0.0.1'), packet(4, '10.0.0.1')]), TICKS)
    expect(alerts.map(({ src }) => Number(src))).toEqual([1, 2, 3, 4, 5, 6])
  })
  it('stands still for equal and slightly earlier times', async () => {
    const file = writePcap([2, 2, 1, 0, 2, 2, 3].map((second) => packet(second, '10.0.0.1')))
    const { alerts } = await run(file, TICKS)
    expect(alerts.map(({ src }) => Number(src))).toEqual([3, 4, 5])
  })
  it('goes on after a damaged time stamp far ahead', async () => {
    const damaged = { ...packet(0, '10.0.0.1'), seconds: 4_294_967_295 }
    const file = writePcap([
      packet(0, '10.0.0.1'),
      damaged,
      packet(1, '10.0.0.1'),
      packet(3, '10.0.0.1'),
    ])
    const { alerts } = await run(file, TICKS)
    const ticks = alerts.map(({ src }) => Number(src))
    expect(ticks.slice(-3)).toEqual([3, 4, 5])
    expect(ticks.length).toBeLessThan(200)
  })
  it('does not tick in an empty capture', async () => {
    expect(await run(writePcap([]), TICKS)).toMatchObject({ alerts: [], summary: { alerts: 0 } })
  })
})

describe('detectors', () => {
  it('that fail are named in the summary', async () => {
    const FAILS = kindOf(() => ({
      flow: () => {
        throw new Error('a fault')
      },
    }))
    const { summary } = await run(writePcap([packet(0, '10.0.0.1')]), FAILS)
    expect(summary).toMatchObject({
      flows: 1,
      problems: [{ cause: expect.stringContaining('the detector fake failed') }],
    })
  })
  it('get what hosts say', async () => {
    const SAID = kindOf(({ report }) => ({
      observation: (said, agent) => report(finding(said.timeMs, `${agent} ${said.kind}`)),
    }))
    const query = new Uint8Array(20)
    query[5] = 1 // one question, for the root
    const mdns = ethernet(ip({ src: '10.0.0.1', dst: '224.0.0.251' }, udp(5353, 5353, query)))
    const { alerts } = await run(writePcap([at(0, mdns)]), SAID)
    expect(alerts).toMatchObject([{ src: 'replay name' }])
  })
})
