/** The part of a filter that is true or false of a flow from its beginning to its end. */
import { narrow } from '@netscope/core/query/narrow.ts'
import type { Query } from '@netscope/core/query/query.ts'

/** Without `src` or `dst`. Who owns a socket and what it is called are known within a second or never. */
const OF_SIDES = ['Port', 'Process', 'Pid', 'User', 'Container', 'Unit', 'Name']

const SETTLED: ReadonlySet<string> = new Set([
  'src',
  'dst',
  'protocol',
  'protocolNumber',
  'vlan',
  'innerVlan',
  'interface',
  'direction',
  'verdict',
  'sni',
  'httpHost',
  'agent',
  ...OF_SIDES.flatMap((name) => [`src${name}`, `dst${name}`]),
])

/** A flow that the server leaves out by this would never have passed the filter: none is taken for new that is not. */
export const settledPart = (query: Query): string =>
  narrow(query, ({ of }) => of.every((name) => SETTLED.has(name)))
