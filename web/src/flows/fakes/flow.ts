/** A flow of which nothing is known but what a test says. */
import type { Flow } from '@netscope/core/flow.ts'
import { FLOW_FIELDS } from '@netscope/core/flow.ts'

const TEXTS: ReadonlySet<string> = new Set(['id', 'address', 'text', 'time'])

export const fakeFlow = (known: Partial<Flow>): Flow => ({
  ...(Object.fromEntries(
    Object.entries(FLOW_FIELDS).map(([name, { type }]) => [name, TEXTS.has(type) ? '' : 0]),
  ) as Flow),
  protocol: 'TCP',
  direction: 'outbound',
  ...known,
})
