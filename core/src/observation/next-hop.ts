/** Who passes packets on: what the stations of a link show by the packets that they carry for others. */
import type { ObservationShared } from './shared-fields.ts'

/** More are not named. */
export const MAX_RECENT = 8

/**
 * A station behind which several addresses are that belong to no station of the link: a router, or somebody who poses
 * as one. Told when it is found, when addresses come over from another one, and each minute while it goes on. The fields
 * of the frame are those of the sample that made us tell.
 */
export interface NextHopObservation extends ObservationShared {
  kind: 'next-hop'
  mac: string
  /** Packets were sent to it, or by it. */
  way: 'to' | 'from'
  family: 4 | 6
  /** Distinct addresses behind it in the last minutes, of a sample of new flows. */
  addresses: number
  /** The latest of them, at most MAX_RECENT. */
  recent: string[]
  /** Who carried some of these addresses until now, '' where nobody else did. */
  movedFrom: string
  /** How many those are. */
  moved: number
}
