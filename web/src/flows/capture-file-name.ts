/** Name of the file that a flow's packets are saved in. */
import type { Flow } from '@netscope/core/flow.ts'

type Named = Pick<Flow, 'protocol' | 'src' | 'srcPort' | 'dst' | 'dstPort'>

/** Addresses have colons, which some systems do not take in names. */
export const captureFileName = ({ protocol, src, srcPort, dst, dstPort }: Named): string => {
  const name = `${protocol}-${src}-${srcPort}-${dst}-${dstPort}`
  return `${name.replaceAll(':', '.').replaceAll(/[^A-Za-z0-9.-]/g, '_')}.pcapng`
}
