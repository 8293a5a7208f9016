/** Flows for tests: every field of the table, all empty but what is given. */
import { decodeFlow } from '@netscope/core/flow.ts'
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import type { FlowRow } from '../observe/field.ts'

const EMPTY = decodeFlow(
  new FlowReader(new Uint8Array(RECORD_BYTES), {
    agent: 'a',
    wallOffsetMs: 0,
    interfaceName: () => 'eth0',
    text: () => '',
    process: () => undefined,
  }).seek(0),
)

/** A live TCP flow from 10.0.0.5:40222 to 93.184.216.34:443. */
export const fakeFlow = (changes: Partial<FlowRow> = {}): FlowRow => ({
  ...EMPTY,
  id: 'a-1',
  src: '10.0.0.5',
  dst: '93.184.216.34',
  srcPort: 40222,
  dstPort: 443,
  protocol: 'TCP',
  protocolNumber: 6,
  direction: 'outbound',
  handshake: 'complete',
  firstSeen: '2026-07-31T12:00:00.000000Z',
  lastSeen: '2026-07-31T12:00:01.000000Z',
  agent: 'a',
  stale: false,
  ...changes,
})

/** The time `ms` after 2026-07-31T12:00:00Z, as flows write it. */
export const timeAt = (ms: number): string =>
  new Date(Date.UTC(2026, 6, 31, 12) + ms).toISOString().replace('Z', '000Z')
