/** What is attached to an interface and loaded in the kernel, asked of the kernel and of tc. */
import { bpf } from '../../../agent/src/kernel/libbpf.ts'
import { here } from './link.ts'

const PROG_GET_NEXT_ID = 11
const PROG_QUERY = 16
const TCX_IN = 46
const TCX_OUT = 47
const UNSUPPORTED = -22

export interface Attached {
  /** Names of clsact filters, ingress and egress. */
  clsact: string[]
  clsactQdisc: boolean
  /** Programs on tcx, ingress and egress; undefined where the kernel has none. */
  tcx: number[] | undefined
}

const tcxPrograms = (ifindex: number, hook: number): number | undefined => {
  const attr = Buffer.alloc(64)
  attr.writeUInt32LE(ifindex, 0)
  attr.writeUInt32LE(hook, 4)
  const result = bpf(PROG_QUERY, attr)
  if (result === UNSUPPORTED) return undefined
  if (result < 0) throw new Error(`querying tcx programs: ${result}`)
  return attr.readUInt32LE(24)
}

export const whatIsAttached = (name: string, ifindex: number): Attached => {
  const filters = ['ingress', 'egress'].flatMap((side) => {
    const text = here(`tc -j filter show dev ${name} ${side}`)
    const found = JSON.parse(text || '[]') as { options?: { bpf_name?: string } }[]
    return found.flatMap(({ options }) => options?.bpf_name?.replace(/:\[\d+\]$/, '') ?? [])
  })
  const tcx = [TCX_IN, TCX_OUT].map((hook) => tcxPrograms(ifindex, hook))
  return {
    clsact: filters,
    clsactQdisc: here(`tc qdisc show dev ${name}`).includes('clsact'),
    tcx: tcx.some((count) => count === undefined) ? undefined : tcx.map(Number),
  }
}

/** Number of BPF programs in the kernel, everybody's. */
export const loadedPrograms = (): number => {
  const attr = Buffer.alloc(64)
  let count = 0
  while (bpf(PROG_GET_NEXT_ID, attr) === 0) {
    count++
    attr.writeUInt32LE(attr.readUInt32LE(4), 0)
  }
  return count
}
