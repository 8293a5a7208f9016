/** Where exported events go. A new kind is a file in sinks/ and a line in sinks.ts. */
import type { Static, TObject } from 'typebox'
import type { Outcome } from '../notify/channel.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import type { ExportBatch } from './export-line.ts'

export interface Sink {
  /** Resolves when all lines have been taken; what it rejects with is told, and the batch comes again. */
  send(batch: ExportBatch): Promise<Outcome>
  close(): Promise<void>
}

export interface SinkDeps {
  outgoing: Outgoing
  hostname: string
  /** Milliseconds since 1970. */
  now(): number
}

export type SinkSettings = Readonly<Record<string, unknown>>

export interface SinkKind {
  kind: string
  /** In a sentence. */
  description: string
  settings: TObject
  /** Settings that are never shown; each may be `file:PATH` or `env:NAME`. */
  secrets: readonly string[]
  /** Milliseconds that the first event waits for more. */
  gatherMs: number
  /** So much goes at once. */
  batch: { lines: number; bytes: number }
  problemOf(settings: SinkSettings): string | undefined
  /** Whom it reaches, without secrets. */
  targetOf(settings: SinkSettings): string
  open(settings: SinkSettings, deps: SinkDeps): Sink
}

interface TypedSinkKind<S extends TObject> extends Omit<
  SinkKind,
  'settings' | 'secrets' | 'problemOf' | 'targetOf' | 'open'
> {
  settings: S
  secrets: readonly (keyof Static<S> & string)[]
  problemOf?(settings: Static<S>): string | undefined
  targetOf(settings: Static<S>): string
  open(settings: Static<S>, deps: SinkDeps): Sink
}

/** Settings are checked by the schema before they come here. */
export const sinkKind = <S extends TObject>(of: TypedSinkKind<S>): SinkKind => ({
  ...of,
  problemOf: (settings) => of.problemOf?.(settings as Static<S>),
  targetOf: (settings) => of.targetOf(settings as Static<S>),
  open: (settings, deps) => of.open(settings as Static<S>, deps),
})
