/** What came in through the uplink since start. */

export interface IngestCounts {
  connections: number
  /** Closed by us: no hello in time, bytes that are no frames, records that can't be. */
  rejectedConnections: number
  bytes: number
  frames: number
  /** Frames that had been taken in before the connection broke; they are acknowledged and skipped. */
  repeatedFrames: number
}

export const createIngestCounts = (): IngestCounts => ({
  connections: 0,
  rejectedConnections: 0,
  bytes: 0,
  frames: 0,
  repeatedFrames: 0,
})
