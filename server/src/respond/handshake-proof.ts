/**
 * Whether somebody has shown to be at an address, by a TCP connection in which the other side went on after its SYN-ACK:
 * a forged source never sees that, and a SYN-ACK alone proves nothing of who asked.
 */
import type { Flow } from '@netscope/core/flow.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { parseQuery } from '@netscope/core/query/parse-query.ts'
import { createFlowTest } from '../flows/flow-match.ts'
import { queryFlows } from '../flows/flow-query.ts'
import type { Flows } from '../flows/flows.ts'
import { sortKey } from '../flows/sort-key.ts'
import type { FlowStore } from '../store/flow-store.ts'

export interface HandshakeProof {
  /** Rejects never: what cannot be looked up is not proven. */
  isProven(address: string, nowMs: number): Promise<boolean>
}

export interface HandshakeProofDeps {
  flows: Pick<Flows, 'sets'>
  history: Pick<FlowStore, 'find'>
}

/** Flows that are looked at: the newest. */
const MOST = 200
const HISTORY_MS = 3_600_000
/** A block must not wait for a busy history. */
const HISTORY_WITHIN_MS = 150
const TCP = 6

type Shown = Pick<
  Flow,
  'src' | 'handshake' | 'synCount' | 'synAckCount' | 'rstCount' | 'srcPackets' | 'dstPackets'
> &
  Pick<Flow, 'srcRttSamples' | 'dstRttSamples'>

/** A socket that measured a round trip has had an acknowledgement of what it sent. */
export const proves = (flow: Shown, address: string): boolean => {
  if (flow.handshake !== 'complete') return false
  const isSource = flow.src === address
  if ((isSource ? flow.dstRttSamples : flow.srcRttSamples) > 0) return true
  const [others, opening] = isSource
    ? [flow.dstPackets, flow.synAckCount]
    : [flow.srcPackets, flow.synCount]
  return others > opening + flow.rstCount
}

const within = <T>(work: Promise<T>, ms: number, otherwise: T): Promise<T> => {
  const { promise, resolve } = Promise.withResolvers<T>()
  const timer = setTimeout(() => resolve(otherwise), ms)
  const late = () => resolve(otherwise)
  work.then(resolve, late).finally(() => clearTimeout(timer))
  return promise
}

export const createHandshakeProof = ({ flows, history }: HandshakeProofDeps): HandshakeProof => {
  const inMemory = async (address: string): Promise<boolean> => {
    const test = createFlowTest({ ip: parsePrefix(address), protocol: TCP })
    const key = sortKey('lastSeen')
    const question = { test, key, descending: true, offset: 0, limit: MOST }
    const page = await queryFlows(flows.sets('all'), question)
    return page.flows.some((flow) => proves(flow, address))
  }

  const inHistory = async (address: string, nowMs: number): Promise<boolean> => {
    const parsed = parseQuery(`ip = ${address} and protocol = tcp and handshake = complete`)
    if (!parsed.ok) return false
    const found = await history.find({
      query: parsed.query,
      fromMs: nowMs - HISTORY_MS,
      toMs: nowMs + 1000,
      limit: MOST,
      sort: 'lastSeen',
      order: 'desc',
    })
    return found.flows.some((flow) => proves(flow, address))
  }

  return {
    async isProven(address, nowMs) {
      if (await inMemory(address)) return true
      return within(inHistory(address, nowMs), HISTORY_WITHIN_MS, false)
    },
  }
}
