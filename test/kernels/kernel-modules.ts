/** Kernel modules with what they need, in the order in which they load. */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface KernelModule {
  name: string
  bytes: Buffer
}

const nameOf = (path: string) =>
  basename(path)
    .replace(/\.ko(\.xz)?$/, '')
    .replaceAll('-', '_')

/** The files are read here, because the guest has no xz, no kmod and no time. What is built in is left out. */
export const readModules = (folder: string, wanted: readonly string[]): KernelModule[] => {
  const paths = new Map(
    globSync('**/*.{ko,ko.xz}', { cwd: folder }).map((path) => [nameOf(path), join(folder, path)]),
  )
  const modules = new Map<string, KernelModule>()
  const seen = new Set<string>()
  const add = (name: string): void => {
    const path = paths.get(name)
    if (!path || seen.has(name)) return
    seen.add(name)
    const bytes = path.endsWith('.xz')
      ? execFileSync('xz', ['-dc', path], { maxBuffer: 2 ** 28 })
      : readFileSync(path)
    const depends = /\0depends=([^\0]+)\0/.exec(bytes.toString('latin1'))?.[1] ?? ''
    depends.split(',').forEach(add)
    modules.set(name, { name, bytes })
  }
  wanted.forEach(add)
  return [...modules.values()]
}
