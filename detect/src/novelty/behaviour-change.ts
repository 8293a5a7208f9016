/**
 * A device changes its behaviour class: who only asked answers others, who only answered asks. The class is that of a
 * day, by answered contacts; it must have been the same for three days and then differ for a whole one.
 * Severity 10.
 */
import type { DetectorKind } from '../detector.ts'
import type { FlowStep } from '../flow-step.ts'
import { createLearnedMap, numbersText, type ValueText } from '../learned-map.ts'

const MAX_DEVICES = 4096
const DAY_MS = 86_400_000
/** Fewer contacts in a day say nothing. */
const LEAST_CONTACTS = 20
const LEAST_DAYS = 3
/** Of all contacts: a client asks, a server answers, others do both. */
const MOSTLY = 0.9
const QUIET_MS = 60_000

type BehaviourClass = 'client' | 'server' | 'both'

interface Device {
  day: number
  asked: number
  answered: number
  usual: BehaviourClass | ''
  days: number
}

const CLASSES = ['', 'client', 'server', 'both'] as const
const NUMBERS = numbersText(5)
const DEVICE: ValueText<Device> = {
  write: ({ day, asked, answered, usual, days }) => [
    day,
    asked,
    answered,
    CLASSES.indexOf(usual),
    days,
  ],
  read(json) {
    const numbers = NUMBERS.read(json)
    if (!numbers) return undefined
    const [day = 0, asked = 0, answered = 0, usual = 0, days = 0] = numbers
    return { day, asked, answered, usual: CLASSES[usual] ?? '', days }
  },
}

const classOf = ({ asked, answered }: Device): BehaviourClass | '' => {
  const all = asked + answered
  if (all < LEAST_CONTACTS) return ''
  if (asked >= MOSTLY * all) return 'client'
  return answered >= MOSTLY * all ? 'server' : 'both'
}

export const behaviourChangeKind: DetectorKind = {
  name: 'behaviour-change',
  version: 1,
  description: 'A device that for days only asked begins to answer, or the other way round.',
  techniques: ['T1036'],
  create(_settings, deps, learned) {
    const devices = createLearnedMap('devices', MAX_DEVICES, DEVICE, learned)

    const endDay = (ip: string, device: Device, step: FlowStep): void => {
      const now = classOf(device)
      const { usual, days, asked, answered } = device
      if (now === '') return
      device.days = now === usual ? days + 1 : 1
      device.usual = now
      if (usual === '' || now === usual || days < LEAST_DAYS) return
      deps.report({
        key: ip,
        title: `${ip} behaves as ${now}, no longer as ${usual}`,
        severity: 10,
        confidence: 0.5,
        technique: 'T1036',
        timeMs: step.timeMs,
        firstMs: device.day * DAY_MS,
        agent: step.agent,
        source: { ip },
        target: {},
        direction: 'internal',
        evidence: {
          reason: `for ${days} days (at least ${LEAST_DAYS}) it was ${usual}; within the last day it asked ${asked} times and answered ${answered} times, which makes it ${now} (client and server: ${100 * MOSTLY} % of all)`,
          facts: [
            { name: 'contacts asked', value: asked },
            { name: 'contacts answered', value: answered },
            { name: 'days as before', value: days, threshold: `>= ${LEAST_DAYS}` },
          ],
          flows: [],
        },
        quietMs: QUIET_MS,
      })
    }

    const count = (ip: string, side: 'asked' | 'answered', step: FlowStep): void => {
      const day = Math.floor(step.timeMs / DAY_MS)
      let device = devices.get(ip)
      if (!device) devices.set(ip, (device = { day, asked: 0, answered: 0, usual: '', days: 0 }))
      if (day > device.day) {
        endDay(ip, device, step)
        device.day = day
        device.asked = device.answered = 0
      }
      device[side]++
    }

    return {
      flow(step) {
        if (step.newDstPackets === 0 || step.newDstPackets !== step.dstPackets) return
        if (step.protocol === 6 && step.dstSynAck === 0) return
        if (deps.isLocal(step.src)) count(step.src, 'asked', step)
        if (deps.isLocal(step.dst)) count(step.dst, 'answered', step)
      },
      learned: () => devices.learned(),
    }
  },
}
