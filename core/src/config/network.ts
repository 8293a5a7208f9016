/** Section `network`: which interfaces are counted, how, and which ports are never dropped. */
import { choice, numbers, section, texts, type SectionValue } from './key.ts'

/** Linux: IFNAMSIZ is 16 with the final zero; no slash, no white space; `*` and `?` in patterns. */
const INTERFACE = { type: 'string', pattern: '^[^/\\s,]{1,15}$' } as const
const NAME_OR_PATTERN =
  'a list of interface names of up to 15 characters (`*` and `?` match as in a shell)'

export const networkSection = section('What the agent counts.', {
  interfaces: texts({
    items: INTERFACE,
    default: ['auto'],
    minItems: 1,
    maxItems: 256,
    description:
      'Interfaces to count. `auto` is all of them, loopback included, and follows those that come and go.',
    allowed: `${NAME_OR_PATTERN}, or [auto]`,
  }),
  exclude: texts({
    items: INTERFACE,
    default: [],
    maxItems: 256,
    description: 'Interfaces to leave alone even if `network.interfaces` names them.',
    allowed: NAME_OR_PATTERN,
  }),
  attach: choice({
    enum: ['auto', 'tcx', 'clsact'],
    default: 'auto',
    description:
      'How to attach to an interface. `auto` is tcx where the kernel has it (6.6), else clsact.',
  }),
  sshPorts: numbers({
    items: { type: 'integer', minimum: 1, maximum: 65535 },
    default: [22],
    maxItems: 8,
    description:
      'TCP ports that are never dropped, so that a deny list cannot lock out its author.',
  }),
  operatorPorts: numbers({
    items: { type: 'integer', minimum: 1, maximum: 65535 },
    default: [22],
    maxItems: 8,
    description:
      'TCP ports where whoever is signed in by SSH is an operator, whom no block cuts off. Those of `network.sshPorts` are it always.',
  }),
})

export type NetworkSection = SectionValue<typeof networkSection>

export const networkChecks = {
  interfaces: (names: string[]): string | undefined =>
    names.includes('auto') && names.length > 1
      ? '`auto` already means every interface: write [auto] alone, or only names.'
      : undefined,
}
