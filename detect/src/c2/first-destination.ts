/**
 * A device that talks to few places outside talks to a new one. Places are networks of /24 and /48, since the addresses of
 * one service change. Who has more than `quietDeviceDestinations` of them is no quiet device.
 *
 * Severity 20: a look is worth it, nobody needs to get up.
 */
import type { DetectorKind } from '../detector.ts'
import { flowEvidence, isToMany } from '../flow-evidence.ts'
import { createLearnedMap, type ValueText } from '../learned-map.ts'
import { isPeriodicByNature } from './periodic-services.ts'

const MAX_DEVICES = 4096
const HOUR_MS = 3_600_000
/** Known as quiet after so long: three times as long as other things take to be learned. */
const LEARN_TIMES = 3
const QUIET_MS = 1_800_000

interface Device {
  firstMs: number
  places: Set<string>
}

const DEVICE: ValueText<Device> = {
  write: ({ firstMs, places }) => [firstMs, ...places],
  read(json) {
    if (!Array.isArray(json) || !Number.isFinite(json[0])) return undefined
    return { firstMs: Number(json[0]), places: new Set(json.slice(1).map(String)) }
  },
}

const placeOf = (address: string): string =>
  address.includes(':')
    ? address.split(':').slice(0, 3).join(':')
    : address.slice(0, address.lastIndexOf('.'))

export const firstDestinationKind: DetectorKind = {
  name: 'first-destination',
  version: 1,
  description: 'A device that talks to few places outside talks to one that it never talked to.',
  techniques: ['T1071'],
  create(settings, deps, learned) {
    const devices = createLearnedMap('devices', MAX_DEVICES, DEVICE, learned)
    const learnMs = LEARN_TIMES * settings.noveltyLearnHours * HOUR_MS
    const most = settings.quietDeviceDestinations
    return {
      flow(step) {
        const isAnswer = step.newDstPackets > 0 && step.newDstPackets === step.dstPackets
        if (!isAnswer || !deps.isLocal(step.src) || deps.isLocal(step.dst)) return
        if (isToMany(step.dst) || isPeriodicByNature(step)) return
        const { src, dst, dstPort, timeMs } = step
        let device = devices.get(src)
        if (!device) devices.set(src, (device = { firstMs: timeMs, places: new Set() }))
        const place = placeOf(dst)
        if (device.places.size > most || device.places.has(place)) return
        const before = device.places.size
        device.places.add(place)
        if (timeMs - device.firstMs < learnMs || before === 0 || before >= most) return
        const days = ((timeMs - device.firstMs) / (24 * HOUR_MS)).toFixed(1)
        deps.report({
          key: `${src} ${place}`,
          title: `${src} talks to ${dst} for the first time`,
          severity: 20,
          confidence: 0.4,
          technique: 'T1071',
          timeMs,
          firstMs: step.firstMs,
          agent: step.agent,
          source: { ip: src },
          target: { ip: dst, port: dstPort },
          direction: 'outbound',
          evidence: {
            reason: `in ${days} days this device has talked to ${before} networks outside (a quiet device: fewer than ${most}), never to this one`,
            facts: [
              { name: 'networks known', value: before, threshold: `< ${most}` },
              {
                name: 'days of history',
                value: Number(days),
                threshold: `>= ${(learnMs / (24 * HOUR_MS)).toFixed(1)}`,
              },
            ],
            flows: [flowEvidence(step)],
          },
          quietMs: QUIET_MS,
        })
      },
      learned: () => devices.learned(),
    }
  },
}
