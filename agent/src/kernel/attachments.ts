/** Which interfaces we count on: follows those that come and go, keeps their counters for the coverage. */
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Interface } from '../source.ts'
import { attach, type Attachment } from './attach.ts'
import type { BpfObject } from './bpf-object.ts'
import { forgetHookCounters } from './counters.ts'
import { describeInterface, listInterfaces, readCounters } from './interfaces.ts'

export interface AttachmentsConfig {
  /** Names, or `auto` for all. */
  interfaces: readonly string[]
  /** Names or globs (`veth*`) that are left alone. */
  exclude: readonly string[]
  attach: 'auto' | 'tcx' | 'clsact'
}

export interface Attachments {
  /** Attaches to what is new and forgets what has gone. */
  refresh(): void
  interfaces(): Interface[]
  /** Those that we don't count on, and why; reads nothing. */
  unattached(): { name: string; reason: string }[]
  indexes(): number[]
  stop(): void
}

interface Entry {
  shown: Interface
  attachment?: Attachment
}

const globToRegExp = (glob: string) =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )

/** Which names the configuration takes. */
export const createNameFilter = (config: Pick<AttachmentsConfig, 'interfaces' | 'exclude'>) => {
  const excluded = config.exclude.map(globToRegExp)
  const all = config.interfaces.includes('auto')
  return (name: string): boolean =>
    (all || config.interfaces.includes(name)) && !excluded.some((pattern) => pattern.test(name))
}

/** Throws `kernel.no-interface` from the first refresh when a named interface is missing then. */
export const createAttachments = (config: AttachmentsConfig, object: BpfObject): Attachments => {
  const entries = new Map<number, Entry>()
  const wanted = createNameFilter(config)

  const add = (name: string, ifindex: number) => {
    const found = describeInterface(name, ifindex)
    const before = readCounters(name)
    if (!found || !before) return
    const { linkHeaderBytes, ...shown } = found
    const entry: Entry = { shown: { ...shown, before, now: before } }
    entries.set(ifindex, entry)
    if (linkHeaderBytes === undefined) return
    try {
      entry.attachment = attach(object, { ifindex, name, linkHeaderBytes }, config.attach)
      entry.shown.attached = entry.attachment.how
      entry.shown.before = readCounters(name) ?? before
    } catch (error) {
      entry.shown.reason = error instanceof NetscopeError ? error.message : String(error)
    }
  }

  const refresh = () => {
    const present = listInterfaces().filter(({ name }) => wanted(name))
    const indexes = new Set(present.map(({ ifindex }) => ifindex))
    for (const [ifindex, entry] of entries) {
      if (indexes.has(ifindex)) continue
      entry.attachment?.detach()
      forgetHookCounters(object, ifindex)
      entries.delete(ifindex)
    }
    for (const { name, ifindex } of present) {
      const known = entries.get(ifindex)
      if (known) known.shown.name = name
      else add(name, ifindex)
    }
  }

  return {
    refresh,
    interfaces: () =>
      [...entries.values()].map(({ shown }) => ({
        ...shown,
        now: (shown.now = readCounters(shown.name) ?? shown.now),
      })),
    unattached: () =>
      [...entries.values()].flatMap(({ shown: { attached, name, reason = 'not attached' } }) =>
        attached ? [] : [{ name, reason }],
      ),
    indexes: () => [...entries.keys()],
    stop: () => {
      for (const { attachment } of entries.values()) attachment?.detach()
      entries.clear()
    },
  }
}

/** The first name of the configuration that is not an interface of this machine. */
export const missingInterface = (config: AttachmentsConfig): string | undefined => {
  const names = new Set(listInterfaces().map(({ name }) => name))
  return config.interfaces.find((name) => name !== 'auto' && !names.has(name))
}
