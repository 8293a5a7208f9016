/**
 * Connections to the outside that stay for half a day. Most are harmless (mail, messages, a terminal), so this is low,
 * once per connection; a pair of hosts that was told of before is a habit and is not told of again.
 */
import { createBoundedMap } from '../bounded-map.ts'
import type { DetectorKind } from '../detector.ts'
import { flowEvidence, isToMany } from '../flow-evidence.ts'

const MAX_PAIRS = 4096
const HOUR_MS = 3_600_000
const TCP = 6
/** Where a pair comes back after this long, that is news again. */
const HABIT_MS = 14 * 24 * HOUR_MS
const UDP = 17

export const longConnectionKind: DetectorKind = {
  name: 'long-connection',
  version: 1,
  description: 'A host keeps one connection to the outside for many hours.',
  techniques: ['T1071'],
  create(settings, deps) {
    const habits = createBoundedMap<string, { flowMs: number; lastMs: number }>(MAX_PAIRS)
    const leastMs = settings.longConnectionHours * HOUR_MS
    return {
      flow(step) {
        const ageMs = step.timeMs - step.firstMs
        if (ageMs < leastMs || step.dstPackets === 0) return
        const { src, dst, protocol, dstPort, firstMs, timeMs } = step
        if (protocol !== TCP && protocol !== UDP) return
        if (!deps.isLocal(src) || deps.isLocal(dst) || isToMany(dst)) return
        const pair = `${src} ${dst} ${dstPort}`
        const habit = habits.get(pair)
        const isHabit = habit && habit.flowMs !== firstMs && timeMs - habit.lastMs < HABIT_MS
        habits.set(pair, { flowMs: isHabit ? habit.flowMs : firstMs, lastMs: timeMs })
        if (isHabit) return
        const hours = (ageMs / HOUR_MS).toFixed(1)
        deps.report({
          key: pair,
          title: `${src} is connected to ${dst} port ${dstPort} for ${hours} hours`,
          severity: 20,
          confidence: 0.5,
          technique: 'T1071',
          timeMs,
          firstMs,
          agent: step.agent,
          source: { ip: src, port: step.srcPort },
          target: { ip: dst, port: dstPort },
          direction: 'outbound',
          evidence: {
            reason: `one connection for ${hours} hours (at least ${settings.longConnectionHours}), ${step.srcBytes} bytes sent and ${step.dstBytes} received`,
            facts: [
              {
                name: 'duration',
                value: Number(hours),
                unit: 'h',
                threshold: `>= ${settings.longConnectionHours}`,
                demand: settings.longConnectionHours,
              },
              { name: 'bytes sent', value: step.srcBytes, unit: 'bytes' },
              { name: 'bytes received', value: step.dstBytes, unit: 'bytes' },
            ],
            flows: [flowEvidence(step)],
          },
          quietMs: HOUR_MS,
        })
      },
    }
  },
}
