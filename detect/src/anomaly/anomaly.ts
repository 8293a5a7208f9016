/** Finds five minutes of a device that are unlike all it has done before, by an Isolation Forest of its own. */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import { createBoundedMap } from '../bounded-map.ts'
import type { DetectorDeps, DetectorKind, Learned } from '../detector.ts'
import type { FlowStep } from '../flow-step.ts'
import type { Cause } from './anomaly-model.ts'
import type { Baseline } from './baseline.ts'
import { createDeviceTable, currentWindow, type LearnedDevice } from './device-table.ts'
import { classBaseline, createKeptDevices } from './kept-devices.ts'
import type { DevicePart, TrafficWindow } from './traffic-window.ts'
import { amountText, causeText, leadOf, rangeText, techniqueOf, unusualCauses } from './unusual.ts'
import { rowOf, WINDOW_MS, windowOf } from './window-columns.ts'

const TCP = 6
/** Classes are a few words of the device list; this many are kept. */
const MAX_CLASSES = 32
/** Three windows without another one, and it is over. */
const QUIET_MS = 3 * WINDOW_MS + 60_000
/** The first window counts if we saw nearly all of it. */
const MOST_MISSED_MS = WINDOW_MS / 10
/** A low score above the limit is low, one that hardly anything reaches medium: no more, since it says unlike, not evil. */
const severityOf = (score: number): number => (score >= 0.72 ? 45 : score >= 0.66 ? 35 : 25)

interface Judgement {
  score: number
  causes: Cause[]
  baseline: Baseline
  /** What it is compared with. */
  whose: string
}

/** A flow's record as one of its sides sees it; used again for each record. */
const fillPart = (part: DevicePart, step: FlowStep, isClient: boolean): void => {
  part.isClient = isClient
  part.peer = isClient ? step.dst : step.src
  part.port = step.dstPort
  part.protocol = step.protocol
  part.sentBytes = isClient ? step.newSrcBytes : step.newDstBytes
  part.receivedBytes = isClient ? step.newDstBytes : step.newSrcBytes
  part.sentPackets = isClient ? step.newSrcPackets : step.newDstPackets
  part.receivedPackets = isClient ? step.newDstPackets : step.newSrcPackets
  part.begins = step.isFirst
  part.isAttempt = step.protocol === TCP && step.srcSyn > 0
  // The first answer came with this record, and it was no RST.
  part.isAccepted = step.dstSynAck > 0 && step.dstPackets === step.newDstPackets
}

const emptyPart = (): DevicePart => ({
  isClient: true,
  peer: '',
  port: 0,
  protocol: 0,
  sentBytes: 0,
  receivedBytes: 0,
  sentPackets: 0,
  receivedPackets: 0,
  begins: false,
  isAttempt: false,
  isAccepted: false,
})

/** A forged address sends a packet and gets no answer: it is not learned. */
const isReal = (sent: number, received: number): boolean => sent >= 3 || (sent > 0 && received > 0)

const findingOf = (
  device: LearnedDevice,
  startMs: number,
  { score, causes, baseline, whose }: Judgement,
) => {
  const { model } = baseline
  const learned = `${model?.rows ?? 0} windows of 5 minutes learned of ${whose}`
  return {
    key: device.address,
    title: `${device.address} is unlike ${whose}: ${causeText(leadOf(causes) ?? causes[0]!)}`,
    severity: severityOf(score),
    confidence: Math.min(1, Math.max(0, 2 * score - 1)),
    technique: techniqueOf(causes),
    timeMs: startMs + WINDOW_MS,
    firstMs: startMs,
    agent: device.agent,
    source: { ip: device.address },
    target: {},
    direction: 'outbound' as const,
    quietMs: QUIET_MS,
    evidence: {
      reason: `Isolation Forest score ${score.toFixed(3)}, where 99.9 % of ${learned} score at most ${(model?.usual ?? 0).toFixed(3)}, because of ${causes.map(causeText).join('; ')}.`,
      facts: [
        {
          name: 'score',
          value: Number(score.toFixed(3)),
          threshold: `> ${(model?.usual ?? 0).toFixed(3)}`,
        },
        { name: 'windows learned', value: model?.rows ?? 0 },
        ...causes.map((cause) => ({
          name: cause.column.label,
          value: Number(cause.value.toPrecision(6)),
          unit: cause.column.unit,
          threshold: `usually ${rangeText(cause)}, median ${amountText(cause.median, cause.column.unit)}; ${Math.round(100 * cause.share)} % of the score`,
        })),
      ],
      flows: [],
    },
  }
}

const createAnomaly = (settings: DetectSection, deps: DetectorDeps, learned?: Learned) => {
  const needed = settings.anomalyLearnWindows
  const limits = {
    score: settings.anomalyScorePercent / 100,
    deviations: settings.anomalyDeviations,
  }
  const devices = createDeviceTable(settings.anomalyDevices, needed)
  const classes = createBoundedMap<string, Baseline>(MAX_CLASSES)
  const kept = createKeptDevices(devices, classes, needed)
  const due = new Set<Baseline>()
  if (learned) kept.restore(learned)
  for (const { baseline } of devices.all()) if (baseline.isDue()) due.add(baseline)
  for (const [, baseline] of classes.entries()) if (baseline.isDue()) due.add(baseline)
  const part = emptyPart()
  /** Number of the window that is being counted; −1 before it is known what time it is. */
  let current = -1
  let isWhole = false

  const begin = (timeMs: number): void => {
    current = windowOf(timeMs)
    isWhole = timeMs - current * WINDOW_MS <= MOST_MISSED_MS
  }

  const judge = (
    baseline: Baseline | undefined,
    row: Float64Array,
    whose: string,
  ): Judgement | undefined => {
    const score = baseline?.score(row)
    if (score === undefined || !baseline?.model) return undefined
    const causes = unusualCauses(baseline.model, row, score, limits)
    return { score, causes: causes ?? [], baseline, whose }
  }

  const baselineOf = (name: string): Baseline | undefined => {
    if (name === '') return undefined
    const found = classes.get(name) ?? classBaseline(needed)
    classes.set(name, found)
    return found
  }

  const learn = (baseline: Baseline | undefined, row: Float64Array): void => {
    baseline?.learn(row)
    if (baseline?.isDue()) due.add(baseline)
  }

  const close = (device: LearnedDevice, counted: TrafficWindow): void => {
    if (!isWhole) return
    const startMs = current * WINDOW_MS
    const row = rowOf(counted.counts(startMs))
    const deviceClass = deps.classOf?.(device.address) ?? ''
    const ofClass = baselineOf(deviceClass)
    const own = judge(device.baseline, row, 'itself')
    const general = judge(ofClass, row, `devices of its class (${deviceClass})`)
    // What the device has always done is not made odd by its class.
    const counts = own ?? general
    const isUnusual = counts !== undefined && counts.causes.length > 0
    deps.scored?.({
      startMs,
      agent: device.agent,
      address: device.address,
      deviceClass,
      score: own?.score,
      classScore: general?.score,
      learned: device.baseline.learned,
      needed,
      isUnusual,
    })
    if (isUnusual) return deps.report(findingOf(device, startMs, counts))
    learn(device.baseline, row)
    learn(ofClass, row)
  }

  /** The device behind a side of a flow, if this agent's records of it count. */
  const deviceOf = (step: FlowStep, isClient: boolean): LearnedDevice | undefined => {
    const address = isClient ? step.src : step.dst
    const sent = isClient ? step.srcPackets : step.dstPackets
    const received = isClient ? step.dstPackets : step.srcPackets
    let device = devices.get(address)
    if (!device) {
      if (!isReal(sent, received) || !deps.isLocal(address)) return undefined
      if (!devices.hasPlace(current)) return undefined
      device = devices.add(address, step.agent, current)
    }
    if (device.agent === step.agent && device.isHome) return device
    const isHome = step.direction === (isClient ? 'outbound' : 'inbound')
    if ((isHome && !device.isHome) || device.seen < current - 1) {
      device.agent = step.agent
      device.isHome = isHome
    }
    return device.agent === step.agent ? device : undefined
  }

  const count = (step: FlowStep, isClient: boolean): void => {
    const device = deviceOf(step, isClient)
    if (!device) return
    fillPart(part, step, isClient)
    currentWindow(device, current).add(part)
  }

  return {
    flow(step: FlowStep) {
      if (current < 0) begin(step.timeMs)
      count(step, true)
      count(step, false)
    },
    observation(
      observation: Parameters<NonNullable<ReturnType<DetectorKind['create']>['observation']>>[0],
      agent: string,
    ) {
      if (observation.kind !== 'dns' || current < 0) return
      const device = devices.get(observation.client)
      if (device?.agent === agent)
        currentWindow(device, current).addDns(observation.answers, observation.nxdomains)
    },
    tick(nowMs: number) {
      if (current < 0) begin(nowMs)
      if (windowOf(nowMs) > current) {
        devices.close(current, close)
        begin(nowMs)
      }
      // One at a time, so that a thousand devices don't hold up the traffic for seconds.
      for (const baseline of due) {
        due.delete(baseline)
        return baseline.renew()
      }
    },
    learned: (all: boolean) => kept.changes(current, all),
  }
}

export const anomalyKind: DetectorKind = {
  name: 'anomaly',
  version: 1,
  description:
    'Five minutes in which a device is unlike all that it, or for want of that its class, has done before: bytes, packets, flows, peers, ports, failures, DNS, by an Isolation Forest.',
  techniques: ['T1048', 'T1105', 'T1071', 'T1046', 'T1071.004', 'T1568.002'],
  create: createAnomaly,
}
