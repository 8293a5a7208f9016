/** Tries each hook in one way after the other, and says how that went. */
import { kernelAtLeast } from '../bpf-object.ts'
import type { DropReasons } from './drop-reasons.ts'
import type { KernelTypes } from './kernel-types.ts'
import {
  explainRefusal,
  NO_BTF,
  NO_REASONS,
  NOT_BUILT,
  type Attempt,
  type Refusal,
  type Surroundings,
} from './refusal.ts'
import { howOf, KINDS, TRACE_HOOKS, type How, type TraceHook, type Way } from './trace-hooks.ts'
import { isBuilt, loadTraceObject, type TableRows, type TraceObject } from './trace-object.ts'

export interface HookStatus {
  /** `drops` */
  name: string
  ok: boolean
  how?: How
  /** Why it does not work; of one that does, why no better way did. */
  reason?: string
  remedy?: string
}

interface HookedIn {
  hooks: HookStatus[]
  /** Those with programs that are attached, and the one that holds the tables first. */
  objects: TraceObject[]
}

export const hookIn = (
  { ways, rows }: { ways: readonly Way[]; rows: TableRows },
  types: Pick<KernelTypes, 'parameterCount'> | undefined,
  reasons: DropReasons | undefined,
  surroundings: Surroundings,
): HookedIn => {
  const wanted = TRACE_HOOKS.filter(
    ({ optional, target }) => !optional || types?.parameterCount(target) !== undefined,
  )
  const impossible = (hook: TraceHook): Refusal | undefined =>
    !types
      ? NO_BTF
      : !ways.every(isBuilt)
        ? NOT_BUILT
        : hook.name === 'drops' && !reasons
          ? NO_REASONS
          : undefined
  const settings = {
    lastWithoutReason: reasons?.lastWithoutReason ?? 0,
    packetSocketReason: reasons?.packetSocket ?? 0xffff_ffff,
    queuePurgeReason: reasons?.queuePurge ?? 0xffff_ffff,
    recvmsgParameters: types?.parameterCount('tcp_recvmsg') ?? 0,
    acceptParameters: types?.parameterCount('inet_csk_accept') ?? 0,
    hasCookieFunction: kernelAtLeast(5, 12) ? 1 : 0,
  }
  const done = new Map<TraceHook, How>()
  const attempts = new Map<TraceHook, Attempt[]>(wanted.map((hook) => [hook, []]))
  const objects: TraceObject[] = []

  for (const way of ways) {
    const left = wanted.filter((hook) => !done.has(hook) && !impossible(hook))
    if (left.length === 0) break
    const object = loadTraceObject({
      way,
      groups: KINDS.map((kind) =>
        left.filter((hook) => hook.kind === kind).flatMap(({ programs }) => programs[way]),
      ),
      settings,
      rows,
      tables: objects[0]?.tables,
    })
    for (const hook of left) {
      const errno = typeof object === 'number' ? object : attachHook(object, hook.programs[way])
      if (errno === 0) done.set(hook, howOf(hook, way))
      else attempts.get(hook)?.push({ way, errno })
    }
    if (typeof object !== 'number') objects.push(object)
  }
  return {
    objects,
    hooks: wanted.map((hook): HookStatus => {
      const always = impossible(hook)
      if (always) return { name: hook.name, ok: false, ...always }
      const refusals = (attempts.get(hook) ?? []).map((attempt) => ({
        way: attempt.way,
        ...explainRefusal(hook.target, attempt, surroundings, done.size > 0),
      }))
      return statusOf(hook.name, done.get(hook), refusals)
    }),
  }
}

/** All programs of a hook or none; 0, or the first -errno. */
const attachHook = (object: TraceObject, programs: readonly string[]): number => {
  for (const program of programs) {
    const errno = object.refused.get(program) ?? object.attach(program)
    if (errno === 0) continue
    programs.forEach(object.detach)
    return errno
  }
  return 0
}

const statusOf = (
  name: string,
  how: How | undefined,
  refusals: readonly (Refusal & { way: Way })[],
): HookStatus => {
  const different = new Set(refusals.map(({ reason }) => reason)).size > 1
  const reason = different
    ? refusals.map(({ way, reason: why }) => `${way}: ${why}`).join('; ')
    : refusals[0]?.reason
  if (how) return { name, ok: true, how, ...(reason && { reason }) }
  // What comes first is the better way, and the one to make possible.
  const remedy = refusals[0]?.remedy
  return { name, ok: false, reason: reason ?? 'no way was to be tried', ...(remedy && { remedy }) }
}
