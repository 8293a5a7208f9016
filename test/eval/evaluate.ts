/** Replays the captures of a folder and puts what was found beside what is known. */
import { Writable } from 'node:stream'
import { join } from 'node:path'
import { replay, type ReplayConfig } from '@netscope/agent/replay/replay.ts'
import { detectSection } from '@netscope/core/config/detect.ts'
import { flowsSection } from '@netscope/core/config/flows.ts'
import { defaultsOf } from '@netscope/core/config/key.ts'
import { networkSection } from '@netscope/core/config/network.ts'
import { observeSection } from '@netscope/core/config/observe.ts'
import type { Detection } from '@netscope/detect/detection.ts'
import { isOfKind } from './families.ts'
import type { Truth } from './truth-table.ts'

export interface Found extends Pick<
  Detection,
  'id' | 'detector' | 'technique' | 'severity' | 'title' | 'count' | 'firstMs'
> {
  addresses: string[]
  /** When, by the capture's clock, everything was known that it rests on. */
  knownMs: number
}

export interface Outcome {
  truth: Truth
  /** Of the kind and with the addresses that are known. */
  right: Found[]
  /** Everything else. */
  other: Found[]
  /** Of the first right one: from the beginning of the attack until it was known. */
  secondsToDetect?: number
  /** Why the capture could not be read. */
  problem?: string
}

/** Everything by default, but for room for as many flows as in `netscope replay`. */
const CONFIG: ReplayConfig = {
  flows: { ...defaultsOf(flowsSection), tableSize: 1 << 20 },
  network: defaultsOf(networkSection),
  observe: defaultsOf(observeSection),
  detect: defaultsOf(detectSection),
  networks: { named: [] },
}

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })

export const evaluate = async (folder: string, truth: Truth): Promise<Outcome> => {
  const found = new Map<string, Found>()
  const { summary, ok } = await replay([join(folder, truth.file)], CONFIG, {
    output: nowhere(),
    onDetection: (detection, change, knownMs) => {
      const known = change === 'new' ? knownMs : (found.get(detection.id)?.knownMs ?? knownMs)
      found.set(detection.id, foundOf(detection, known))
    },
  })
  const all = [...found.values()]
  const right = all.filter((one) => isRight(one, truth))
  const seconds = secondsToDetect(right[0], truth)
  return {
    truth,
    right,
    other: all.filter((one) => !right.includes(one)),
    ...(seconds !== undefined && { secondsToDetect: seconds }),
    ...(!ok && { problem: summary.problems[0]?.cause ?? 'nothing could be read' }),
  }
}

const foundOf = (detection: Detection, knownMs: number): Found => {
  const { id, detector, technique, severity, title, count, firstMs, source, target } = detection
  const addresses = [source.ip, target.ip].filter((ip) => ip !== undefined)
  return { id, detector, technique, severity, title, count, firstMs, addresses, knownMs }
}

/** A sweep has many targets and a spoofed flood many sources: one address that is known must be named. */
const isRight = (found: Found, { expect, kind, addresses }: Truth): boolean =>
  expect === 'alert' &&
  (kind === '' || isOfKind(found, kind)) &&
  (addresses.length === 0 || found.addresses.some((address) => addresses.includes(address)))

const secondsToDetect = (first: Found | undefined, truth: Truth): number | undefined => {
  if (!first) return undefined
  const begins = truth.begins === undefined ? first.firstMs : Date.parse(truth.begins)
  return Math.max(0, (first.knownMs - begins) / 1000)
}
