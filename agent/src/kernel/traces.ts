/** Tracing as a part of the source: what hooked in, and what it saw; absent where the kernel forbids it. */
import type { Capability } from '../source.ts'
import type { HookStatus } from './tracing/hook-in.ts'
import type { TraceRows } from './tracing/trace-tables.ts'
import { createTracing } from './tracing/tracing.ts'

export interface Traces {
  start(): void
  /** undefined: nothing hooked in. */
  read(): (() => TraceRows) | undefined
  capabilities(): Capability[]
  stop(): void
}

export const createTraces = (): Traces => {
  const tracing = createTracing()
  let hooks: HookStatus[] = []
  return {
    start: () => void (hooks = tracing.start()),
    read: () => (hooks.some(({ ok }) => ok) ? tracing.read : undefined),
    capabilities: () => hooks.map(capabilityOf),
    stop: tracing.stop,
  }
}

const capabilityOf = ({ name, ok, reason, remedy = '' }: HookStatus): Capability =>
  ok
    ? { name: `tracing: ${name}`, ok }
    : {
        name: `tracing: ${name}`,
        ok,
        reason: `${reason ?? 'not possible here'}${remedy === '' ? '' : ` ${remedy}`}`,
        isExtra: true,
      }
