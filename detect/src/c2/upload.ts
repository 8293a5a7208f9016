/**
 * Uploads that are not like this device: in an hour it sends one host outside more than `uploadMegabytes`, several times
 * what it gets back, and more than it ever sends.
 *
 * Severity: 60 where a day of history says that this is unusual; without it 15: a first backup looks the same.
 */
import type { DetectorKind } from '../detector.ts'
import { flowEvidence, isToMany } from '../flow-evidence.ts'
import type { FlowStep } from '../flow-step.ts'
import { createLearnedMap, numbersText, type ValueText } from '../learned-map.ts'
import { createUploadHistory, HISTORY_NUMBERS, type UploadHistory } from './upload-history.ts'

const MAX_DEVICES = 4096
/** Of one device: the one that was sent least makes room, which is none that anybody uploads to. */
const MAX_PEERS = 16
const HOUR_MS = 3_600_000
const LEAST_RATIO = 5
const DEVIATIONS = 6

interface Pair {
  sent: number
  received: number
}

interface Device {
  history: UploadHistory
  /** What it has exchanged with hosts outside in `hour`. */
  hour: number
  peers: Map<string, Pair>
}

const NUMBERS = numbersText(HISTORY_NUMBERS)
const deviceOf = (history: UploadHistory): Device => ({ history, hour: -1, peers: new Map() })
const DEVICE: ValueText<Device> = {
  write: ({ history }) => history.numbers(),
  read(json) {
    const numbers = NUMBERS.read(json)
    return numbers && deviceOf(createUploadHistory(numbers))
  },
}

/** What was exchanged with the peer in this hour. */
const pairOf = (device: Device, peer: string, hour: number): Pair => {
  const { peers } = device
  if (device.hour !== hour) {
    device.hour = hour
    peers.clear()
  }
  const known = peers.get(peer)
  if (known) return known
  if (peers.size >= MAX_PEERS) dropLeast(peers)
  const made = { sent: 0, received: 0 }
  peers.set(peer, made)
  return made
}

const dropLeast = (peers: Map<string, Pair>): void => {
  let [least, leastSent] = ['', Infinity]
  for (const [peer, { sent }] of peers) if (sent < leastSent) [least, leastSent] = [peer, sent]
  peers.delete(least)
}

export const uploadKind: DetectorKind = {
  name: 'upload',
  version: 1,
  description:
    'A device sends far more to one host outside than it receives and than it is used to.',
  techniques: ['T1041', 'T1048'],
  create(settings, deps, learned) {
    const devices = createLearnedMap('devices', MAX_DEVICES, DEVICE, learned)
    const least = settings.uploadMegabytes * 1e6

    const tell = (step: FlowStep, pair: Pair, history: UploadHistory): void => {
      const { mean, deviation, hours } = history.usual()
      const isKnown = hours >= settings.uploadHistoryHours
      const usual = mean + DEVIATIONS * deviation
      if (isKnown && pair.sent <= usual) return
      const said = isKnown
        ? `more than this device is used to: ${DEVIATIONS} deviations above its mean of ${hours} hours are ${Math.round(usual)} bytes`
        : `there are only ${hours} of ${settings.uploadHistoryHours} hours of history of this device, so whether it is unusual is not known`
      deps.report({
        key: `${step.src} ${step.dst}`,
        title: `${step.src} sends ${Math.round(pair.sent / 1e6)} MB to ${step.dst}`,
        severity: isKnown ? 60 : 15,
        confidence: isKnown ? 0.7 : 0.3,
        technique: 'T1048',
        timeMs: step.timeMs,
        firstMs: step.firstMs,
        agent: step.agent,
        source: { ip: step.src },
        target: { ip: step.dst, port: step.dstPort },
        direction: 'outbound',
        evidence: {
          reason: `${pair.sent} bytes sent in this hour (at least ${least}) and ${pair.received} received (at most 1/${LEAST_RATIO}); ${said}`,
          facts: [
            {
              name: 'bytes sent',
              value: pair.sent,
              unit: 'bytes',
              threshold: `>= ${least}`,
              demand: least,
            },
            { name: 'bytes received', value: pair.received, unit: 'bytes' },
            {
              name: 'hours of history',
              value: hours,
              threshold: `>= ${settings.uploadHistoryHours}`,
            },
            { name: 'usual at most', value: Math.round(usual), unit: 'bytes' },
          ],
          flows: [flowEvidence(step)],
        },
        quietMs: HOUR_MS,
      })
    }

    const count = (step: FlowStep): void => {
      const { src, newSrcBytes: sent, newDstBytes: received } = step
      const hour = Math.floor(step.timeMs / HOUR_MS)
      let device = devices.get(src)
      if (!device) devices.set(src, (device = deviceOf(createUploadHistory())))
      const { history } = device
      history.add(hour, sent)
      const pair = pairOf(device, step.dst, hour)
      pair.sent += sent
      pair.received += received
      if (pair.sent >= least && pair.sent >= LEAST_RATIO * pair.received) tell(step, pair, history)
    }

    return {
      flow(step) {
        // What others fetch from a server here is its work: only what this side began is counted.
        if (step.newSrcBytes === 0 && step.newDstBytes === 0) return
        if (!deps.isLocal(step.src) || deps.isLocal(step.dst) || isToMany(step.dst)) return
        count(step)
      },
      learned: () => devices.learned(),
    }
  },
}
