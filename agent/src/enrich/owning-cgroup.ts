/** Which of a process's cgroup paths tells most, on v2, v1 and hybrid hosts. */
import { containerOf, type CgroupOwner } from './container-of.ts'
import { printable } from './printable.ts'

export interface OwningCgroup extends CgroupOwner {
  path: string
}

/** v1 hierarchies whose paths name containers and units, the best first. */
const V1 = ['name=systemd', 'pids', 'memory', 'cpu', 'devices', 'freezer']
const MAX_PATH = 1024
const MAX_NAME = 256
const MAX_CACHED = 4096

/**
 * The owner by the v2 path (if known) and those of /proc/PID/cgroup: on hybrid hosts the v2 path may be `/`, or
 * the runtime's own service, while a v1 path names the container. A container beats a unit, a unit beats a path.
 */
export const createOwningCgroup = () => {
  const cached = new Map<string, OwningCgroup>()
  const ownerOf = (path: string): OwningCgroup => {
    const known = cached.get(path)
    if (known) return known
    if (cached.size >= MAX_CACHED) cached.clear()
    const owner = harmless(path)
    cached.set(path, owner)
    return owner
  }
  return (
    v2: string | undefined,
    byHierarchy: ReadonlyMap<string, string> | undefined,
  ): OwningCgroup | undefined => {
    const paths = [v2 ?? byHierarchy?.get(''), ...V1.map((name) => byHierarchy?.get(name))]
    const owners = paths.flatMap((path) => (path === undefined ? [] : [ownerOf(path)]))
    return (
      owners.find(({ container }) => container) ??
      owners.find(({ unit }) => unit) ??
      owners.find(({ path }) => path !== '/') ??
      owners[0]
    )
  }
}

const harmless = (path: string): OwningCgroup => {
  const { container, unit } = containerOf(path)
  return {
    path: printable(path, MAX_PATH),
    ...(unit === undefined ? {} : { unit: printable(unit, MAX_NAME) }),
    ...(container && { container: { ...container, ...printableIds(container) } }),
  }
}

const printableIds = ({ id, name }: { id: string; name?: string }) => ({
  id: printable(id, MAX_NAME),
  ...(name === undefined ? {} : { name: printable(name, MAX_NAME) }),
})
