/** A metric family whose samples are read from elsewhere at the moment of the scrape. */
import type { Status } from '@netscope/core/status.ts'
import type { Gauge, Registry } from 'prom-client'

export interface Sample {
  labels?: Readonly<Record<string, string>>
  value: number
  /** Of a histogram or summary: `_bucket`, `_sum` or `_count`. */
  suffix?: string
}

/** Samples of one agent's status, without the label `agent`, which is added. */
export type Each = (read: (status: Status) => Sample[]) => () => Sample[]
/** The same for a single value. */
export type Value = (read: (status: Status) => number) => () => Sample[]

/** `untyped` is for names from before us that no type allows (`_count` outside of a histogram). */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped'

export interface Family {
  name: string
  type: FamilyType
  help: string
  /** No samples: nothing is known at the moment. */
  collect(): Sample[]
}

export const counter = (name: string, help: string, collect: () => Sample[]): Family => ({
  name,
  type: 'counter',
  help,
  collect,
})

export const gauge = (name: string, help: string, collect: () => Sample[]): Family => ({
  name,
  type: 'gauge',
  help,
  collect,
})

/** One sample without labels, none when the value is undefined. */
export const one = (value: number | undefined): Sample[] => (value === undefined ? [] : [{ value }])

/**
 * prom-client writes whatever `get` gives. Its own counters hold a state that is added to; ours come
 * cumulative, from the kernel through the agent, and start again with it.
 */
export const register = (registry: Registry, { name, type, help, collect }: Family): void => {
  const values = () =>
    collect().map(({ suffix, ...sample }) =>
      suffix === undefined ? sample : { ...sample, metricName: name + suffix },
    )
  const get = async () => ({ name, help, type, values: values(), aggregator: 'omit' })
  registry.registerMetric({ name, get } as unknown as Gauge)
}
