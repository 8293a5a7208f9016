/** Reads a cgroup path: which container, pod or systemd unit it belongs to. */
import type { ContainerInfo, ContainerRuntime } from '@netscope/core/process.ts'

/** Of a path; empty when it tells nothing. */
export interface CgroupOwner {
  container?: ContainerInfo
  unit?: string
}

const MAX_PATH = 4096
const MAX_NAME = 256
const ID = '[0-9a-f]{64}'

/** Names before the id in `NAME-ID.scope`, `NAME-ID` and `slice:NAME:ID`. */
const RUNTIMES: Readonly<Record<string, ContainerRuntime>> = {
  docker: 'docker',
  'cri-containerd': 'containerd',
  containerd: 'containerd',
  crio: 'cri-o',
  libpod: 'podman',
  'libpod-payload': 'podman',
  nerdctl: 'nerdctl',
}
/** Folders right above a bare id: cgroupfs drivers, and the namespaces of containerd. */
const PARENTS: Readonly<Record<string, ContainerRuntime>> = {
  docker: 'docker',
  libpod_parent: 'podman',
  'k8s.io': 'containerd',
  default: 'containerd',
}

const NAMED = new RegExp(`^(?:.*:)?(${Object.keys(RUNTIMES).join('|')})[-:](${ID})(?:\\.scope)?$`)
const BARE = new RegExp(`^${ID}$`)
/** ECS on Fargate: task id and a number. */
const FARGATE = /^[0-9a-f]{32}-\d{4,20}$/
const BUILD_STEP = /^[a-z0-9]{25}$/
/** `pod` + uid of the cgroupfs driver, or `…kubepods-burstable-pod` + uid with underscores of the systemd driver. */
const POD =
  /^(?:pod|(?:.*-)?kubepods(?:-[a-z]+)?-pod)([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?::.*)?$/
const UNIT = /\.(?:service|scope|socket|mount|swap)$/
/** The runtime's own monitor beside the container: not in it. */
const MONITOR = /^(?:(?:crio|libpod)-conmon-.*|lxc\.monitor.*|runtime|supervisor)$/

/** Innermost container and unit of a cgroup path (v1 or v2, cgroupfs or systemd driver, any nesting). */
export const containerOf = (path: string): CgroupOwner => {
  const parts = path
    .slice(0, MAX_PATH)
    .replace(/ \(deleted\)$/, '')
    .split('/')
    .filter((part) => part !== '' && part !== '..')
  let podUid: string | undefined
  let found: Found | undefined
  for (let at = 0; at < parts.length; at++) {
    const pod = POD.exec(parts[at]!)?.[1]
    if (pod !== undefined) podUid = pod.replaceAll('_', '-')
    const container = containerAt(parts, at, podUid !== undefined)
    if (container) found = { ...container, ...(podUid === undefined ? {} : { podUid }) }
  }
  const unit = unitOf(parts, found)
  const { from: _from, to: _to, ...container } = found ?? {}
  return {
    ...(found === undefined ? {} : { container: container as ContainerInfo }),
    ...(unit === undefined ? {} : { unit }),
  }
}

/** A container and the parts of the path that name it. */
interface Found extends ContainerInfo {
  from: number
  to: number
}

const containerAt = (parts: string[], at: number, inPod: boolean): Found | undefined => {
  const part = parts[at]!
  const above = parts[at - 1] ?? ''
  const [, prefix = '', id = ''] = NAMED.exec(part) ?? []
  const place = { from: at, to: at }
  if (id !== '') return { runtime: RUNTIMES[prefix]!, id, ...place }
  if (BARE.test(part)) {
    return { runtime: PARENTS[above] ?? (inPod ? 'kubernetes' : 'oci'), id: part, ...place }
  }
  if (FARGATE.test(part) && parts[at - 2] === 'ecs') return { runtime: 'oci', id: part, ...place }
  if (above === 'buildkit' && BUILD_STEP.test(part)) {
    return { runtime: 'buildkit', id: part, ...place }
  }
  return lxcAt(part, above, at) ?? nspawnAt(parts, at)
}

const machine = (runtime: 'lxc' | 'systemd-nspawn', name: string, from: number, to: number) =>
  name === '' || name.length > MAX_NAME ? undefined : { runtime, id: name, name, from, to }

/** `/lxc/NAME` (LXC 3, Proxmox), `/lxc.payload/NAME` (LXC 4.0), `/lxc.payload.NAME` (LXC 4, LXD, Incus). */
const lxcAt = (part: string, above: string, at: number): Found | undefined => {
  if (above === 'lxc' || above === 'lxc.payload') return machine('lxc', part, at - 1, at)
  if (part.startsWith('lxc.payload.'))
    return machine('lxc', part.slice('lxc.payload.'.length), at, at)
  return undefined
}

/**
 * `machine-NAME.scope` and `systemd-nspawn@NAME.service`. libvirt names its scopes `machine-qemu\x2d1\x2dNAME`:
 * a virtual machine, no container; `machine-lxc\x2d1\x2dNAME` is a container.
 */
const nspawnAt = (parts: string[], at: number): Found | undefined => {
  const name = /^(?:machine-(.+)\.scope|systemd-nspawn@(.+)\.service)$/.exec(parts[at]!)
  if (!name || parts[at + 1] === 'supervisor') return undefined
  const plain = unescapeUnit(name[1] ?? name[2] ?? '')
  if (name[1] === undefined) return machine('systemd-nspawn', plain, at, at)
  const [, driver, domain = ''] = /^(qemu|lxc)-\d+-(.+)$/.exec(plain) ?? []
  if (driver === 'qemu') return undefined
  return driver === 'lxc'
    ? machine('lxc', domain, at, at)
    : machine('systemd-nspawn', plain, at, at)
}

/** `\x2d` → `-` (systemd.unit(5), "String escaping"). */
const unescapeUnit = (name: string): string =>
  name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))

/**
 * The deepest unit; of a container one inside it, or the service whose payload it is (quadlets), since
 * the units above it are those of the runtime or of the user's session.
 */
const unitOf = (parts: string[], found: Found | undefined): string | undefined => {
  const from = found === undefined ? 0 : found.to + 1
  for (let at = parts.length - 1; at >= from; at--) {
    const part = parts[at]!
    if (UNIT.test(part) && !MONITOR.test(part)) return part.slice(0, MAX_NAME)
  }
  const above = found && parts[found.from]!.startsWith('libpod-payload-') && parts[found.from - 1]
  return above && UNIT.test(above) ? above.slice(0, MAX_NAME) : undefined
}
