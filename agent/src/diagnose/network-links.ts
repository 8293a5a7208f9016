/** The interfaces of this network namespace with their XDP programs: `ip -d link`, else sysfs alone. */
import { readWord } from './probe.ts'
import type { System } from './system.ts'

const SYS = '/sys/class/net'

export type XdpMode = 'native' | 'generic' | 'offloaded'

export interface NetworkLink {
  ifindex: number
  name: string
  /** `veth`, `bridge`, `netkit`; without such a kind `loopback`, `physical` or `other`. */
  kind: string
  mtu: number
  /** ARPHRD_* (linux/if_arp.h) */
  type: number
  xdp: { mode: XdpMode; id: number; name?: string }[]
}

/** XDP_ATTACHED_* of linux/if_link.h. */
const MODES: Readonly<Record<number, XdpMode>> = { 1: 'native', 2: 'generic', 3: 'offloaded' }

interface ShownXdp {
  mode: number
  prog?: { id: number; name?: string }
  attached?: ShownXdp[]
}

interface Shown {
  ifindex: number
  ifname: string
  linkinfo?: { info_kind?: string }
  xdp?: ShownXdp
}

const xdpOf = (xdp: ShownXdp | undefined): NetworkLink['xdp'] => {
  if (!xdp) return []
  if (xdp.attached) return xdp.attached.flatMap(xdpOf)
  const mode = MODES[xdp.mode]
  if (!mode || !xdp.prog) return []
  const { id, name } = xdp.prog
  return [{ mode, id, ...(name !== undefined && { name }) }]
}

const parse = (text: string): Shown[] => {
  try {
    return JSON.parse(text) as Shown[]
  } catch {
    return []
  }
}

/** `hasIp`: whether `ip` could be run. */
export const readLinks = async (
  system: System,
): Promise<{ links: NetworkLink[]; hasIp: boolean }> => {
  const { code, stdout } = await system.run('ip', ['-j', '-d', 'link', 'show'])
  const shown = new Map(parse(stdout).map((one) => [one.ifname, one]))
  const links = system
    .list(SYS)
    .filter((name) => system.list(`${SYS}/${name}`).length > 0) // bonding_masters is a file
    .map((name) => {
      const read = (file: string) => Number(readWord(system, `${SYS}/${name}/${file}`))
      const type = read('type')
      const isPhysical = system.list(`${SYS}/${name}/device`).length > 0
      const plain = type === 772 ? 'loopback' : isPhysical ? 'physical' : 'other'
      return {
        ifindex: read('ifindex'),
        name,
        kind: shown.get(name)?.linkinfo?.info_kind ?? plain,
        mtu: read('mtu'),
        type,
        xdp: xdpOf(shown.get(name)?.xdp),
      }
    })
    .toSorted((a, b) => a.ifindex - b.ifindex)
  return { links, hasIp: code !== undefined }
}
