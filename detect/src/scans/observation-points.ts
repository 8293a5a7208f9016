/** What each observation point lets us conclude from silence: a capture of one direction only sees no answers. */
import type { FlowStep } from '../flow-step.ts'

interface ObservationPoint {
  /** Connections with data or acknowledgements whose other side we never see. */
  oneSided: number
  answered: number
  checkedMs: number
}

export interface ObservationPoints {
  note(step: FlowStep): void
  isOneWay(agent: string, ifindex: number): boolean
  /** Whether anybody outside has answered since: if not, silence is an outage and no scan. Undefined: nobody ever did. */
  isOutsideUp(agent: string, target: string, sinceMs: number): boolean | undefined
}

const ACK = 0x10
const POINTS_MAX = 1024
/** Of flows that go on it is enough to look this often. */
const CHECK_MS = 100
/** Flows after which older ones count half: a mirror port can lose a direction, or get it back. */
const REMEMBERED = 1024

const count = (point: ObservationPoint, what: 'answered' | 'oneSided'): void => {
  point[what]++
  if (point.answered + point.oneSided < REMEMBERED) return
  point.answered /= 2
  point.oneSided /= 2
}

export const createObservationPoints = (
  isLocal: (address: string) => boolean,
): ObservationPoints => {
  const points = new Map<number, Map<string, ObservationPoint>>()
  let [held, lastIfindex, lastAgent] = [0, -1, '']
  let last: ObservationPoint | undefined

  const find = (agent: string, ifindex: number): ObservationPoint => {
    if (last && ifindex === lastIfindex && agent === lastAgent) return last
    if (held >= POINTS_MAX) {
      points.clear()
      held = 0
    }
    let ofIndex = points.get(ifindex)
    if (!ofIndex) points.set(ifindex, (ofIndex = new Map<string, ObservationPoint>()))
    let point = ofIndex.get(agent)
    if (!point) {
      point = { oneSided: 0, answered: 0, checkedMs: 0 }
      ofIndex.set(agent, point)
      held++
    }
    ;[last, lastIfindex, lastAgent] = [point, ifindex, agent]
    return point
  }

  /** When somebody outside answered last, IPv4 and IPv6, by agent: its interfaces share their way out. */
  const outside = new Map<string, [number, number]>()

  return {
    note(step) {
      const point = find(step.agent, step.ifindex)
      if (step.newDstPackets > 0) {
        if (step.newDstPackets === step.dstPackets) count(point, 'answered')
        else if (step.timeMs - point.checkedMs < CHECK_MS) return
        point.checkedMs = step.timeMs
        if (isLocal(step.dst)) return
        let times = outside.get(step.agent)
        if (!times) {
          if (outside.size >= POINTS_MAX) outside.clear()
          outside.set(step.agent, (times = [0, 0]))
        }
        const family = step.dst.includes(':') ? 1 : 0
        if (step.timeMs > times[family]) times[family] = step.timeMs
      } else if (
        step.isFirst &&
        step.protocol === 6 &&
        step.dstPackets === 0 &&
        step.srcPackets >= 2 &&
        step.srcRst === 0 &&
        (step.srcFlags & ACK) !== 0
      ) {
        count(point, 'oneSided')
      }
    },
    isOneWay(agent, ifindex) {
      const { oneSided, answered } = find(agent, ifindex)
      return oneSided >= 3 && oneSided > answered
    },
    isOutsideUp(agent, target, sinceMs) {
      const lastMs = outside.get(agent)?.[target.includes(':') ? 1 : 0] ?? 0
      return lastMs === 0 ? undefined : lastMs >= sinceMs
    },
  }
}
