/** What blocking an address or prefix would have met: flows of the history, by the filter language. */
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Prefix } from '@netscope/core/prefix.ts'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import type { Query } from '@netscope/core/query/query.ts'
import { prefixesOverlap } from '@netscope/core/query/prefix-test.ts'
import type { FlowStore } from '../store/flow-store.ts'
import type { Preview } from './action.ts'

export interface Previews {
  /** Flows that ended in the last days; those seen by one agent alone, where one is named. */
  of(target: string, agent: string): Promise<Preview>
  /** Flows and bytes that a block in this time would have met. */
  between(target: string, agent: string, fromMs: number, toMs: number): Promise<Met>
}

export interface Met {
  flows: number
  bytes: number
  peers: Preview['peers']
}

export interface PreviewDeps {
  history: Pick<FlowStore, 'top'>
  /** Of the device that has the address; empty: none known. */
  nameOf(ip: string): string
  /** Milliseconds since 1970. */
  now(): number
}

export const PREVIEW_DAYS = 7
const DAY_MS = 86_400_000
const MOST_PEERS = 10
/** Each protocol is a row: all of them fit. */
const PROTOCOLS = 256

/** Flows from and to the target, in the filter language. */
export const filterOf = (target: string, agent: string, beforeMs?: number): string =>
  [
    target.includes('/') ? `ip in ${target}` : `ip = ${target}`,
    ...(agent === '' ? [] : [`agent = ${JSON.stringify(agent)}`]),
    ...(beforeMs === undefined ? [] : [`firstSeen < ${new Date(beforeMs).toISOString()}`]),
  ].join(' and ')

const queryOf = (text: string): Query => {
  const result = parseQuery(text)
  if (!result.ok) throw new Error(`${text}: ${result.error.message}`)
  return result.query
}

const isWithin = (prefix: Prefix, ip: string): boolean => {
  try {
    return prefixesOverlap(prefix, parsePrefix(ip))
  } catch {
    return true
  }
}

export const createPreviews = ({ history, nameOf, now }: PreviewDeps): Previews => {
  const between: Previews['between'] = async (target, agent, fromMs, toMs) => {
    const query = queryOf(filterOf(target, agent, toMs))
    // A flow counts at the time of its last packet: what began in this time may have ended after it.
    const range = { query, fromMs, toMs: Math.max(now(), toMs) + 1000, measure: 'flows' as const }
    const [all, ends] = await Promise.all([
      history.top({ ...range, by: 'protocol', limit: PROTOCOLS }),
      history.top({ ...range, by: 'ip', limit: 4 * MOST_PEERS }),
    ])
    const prefix = parsePrefix(target)
    const peers = ends.rows
      .filter(({ key, flows }) => flows > 0 && !isWithin(prefix, String(key)))
      .slice(0, MOST_PEERS)
      .map(({ key, flows }) => ({ ip: String(key), flows, name: nameOf(String(key)) }))
    const sum = (field: 'flows' | 'bytes') =>
      all.rows.reduce((total, row) => total + Number(row[field]), 0)
    return { flows: sum('flows'), bytes: sum('bytes'), peers }
  }

  return {
    between,
    async of(target, agent) {
      const nowMs = now()
      const met = await between(target, agent, nowMs - PREVIEW_DAYS * DAY_MS, nowMs)
      return { ...met, days: PREVIEW_DAYS }
    },
  }
}

/** In a sentence. */
export const previewText = ({ flows, peers, days }: Preview): string => {
  if (flows === 0) return `would have met no flow of the last ${days} days`
  const among = peers.slice(0, 3).map(({ ip, name, flows: of }) => {
    const whose = name === '' ? ip : `${name} (${ip})`
    return `${of} with ${whose}`
  })
  const some = among.length > 0 ? `, among them ${among.join(', ')}` : ''
  return `would have met ${flows} ${flows === 1 ? 'flow' : 'flows'} of the last ${days} days${some}`
}
