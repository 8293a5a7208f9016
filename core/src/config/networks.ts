/** Section `networks`: names for networks of one's own, and where other addresses are looked up. */
import { encodePrefix } from '../prefix.ts'
import { PREFIX_BYTES } from '../slot.ts'
import { section, text, texts, type SectionValue } from './key.ts'

const NAMED = '^[A-Za-z0-9][A-Za-z0-9 ._-]{0,31}=[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?$'

export const networksSection = section('Names of networks, and to whom addresses belong.', {
  named: texts({
    items: { type: 'string', pattern: NAMED },
    default: [],
    maxItems: 1024,
    description:
      'Your own networks, each as NAME=PREFIX; a name may come more than once. The longest prefix counts. Whatever ' +
      'lies in them counts as a device, also public addresses.',
    allowed: 'a list such as [office=10.1.0.0/16, iot=10.2.0.0/16]',
  }),
  countryDatabase: text({
    default: '',
    isPath: true,
    description:
      'MMDB file with the countries of addresses, such as those of DB-IP or MaxMind; empty takes the one that ' +
      'came with NetScope.',
    allowed: 'a file path, or empty',
  }),
  asnDatabase: text({
    default: '',
    isPath: true,
    description:
      'MMDB file with the autonomous systems of addresses; empty takes the one that came with NetScope.',
    allowed: 'a file path, or empty',
  }),
})

export type NetworksSection = SectionValue<typeof networksSection>

/** The name and the prefix of an item of `networks.named`. */
export const splitNamed = (item: string): { name: string; prefix: string } => {
  const at = item.indexOf('=')
  return { name: item.slice(0, at), prefix: item.slice(at + 1) }
}

export const networksChecks = {
  named: (items: string[]): string | undefined => {
    const bytes = new Uint8Array(PREFIX_BYTES)
    for (const item of items) {
      const { prefix } = splitNamed(item)
      const problem = encodePrefix(prefix, bytes, 0)
      if (problem !== undefined) return `${prefix}: ${problem}.`
    }
    return undefined
  },
}
