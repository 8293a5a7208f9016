/** Capabilities of this process and of the ones it starts (capabilities(7)). */
import { readFileSync } from 'node:fs'

/** Bit of each capability that matters here (linux/capability.h). */
const CAPABILITY_BITS = {
  setgid: 6,
  setuid: 7,
  setpcap: 8,
  net_admin: 12,
  sys_admin: 21,
  sys_resource: 24,
  perfmon: 38,
  bpf: 39,
} as const
export type Capability = keyof typeof CAPABILITY_BITS

/** What the agent keeps: load programs and maps, attach them to interfaces, read the kernel's types. */
export const AGENT_CAPABILITIES = ['bpf', 'net_admin', 'perfmon'] as const satisfies Capability[]

const CAP_LINE = /^CapPrm:\s*([0-9a-f]+)$/m

/** Which of `wanted` the process with this /proc/PID/status lacks. */
export const lacking = <C extends Capability>(wanted: readonly C[], status: string): C[] => {
  const held = BigInt(`0x${CAP_LINE.exec(status)?.[1] ?? '0'}`)
  return wanted.filter((name) => ((held >> BigInt(CAPABILITY_BITS[name])) & 1n) === 0n)
}

export const ownStatus = (): string => readFileSync('/proc/self/status', 'utf8')

/** Names as documentation and `docker run --cap-add` write them. */
export const spell = (capabilities: readonly Capability[]): string =>
  capabilities.map((name) => `CAP_${name.toUpperCase()}`).join(', ')
