/** The finding of forged ARP or Neighbor Discovery, the same for both. */
import type { DetectorDeps } from '../detector.ts'
import type { Claim, Verdict } from './address-claims.ts'
import { isMadeUp } from './station-mac.ts'

/** Poisoners repeat themselves every 1 to 30 seconds. */
const QUIET_MS = 600_000
/** Whoever stands between a host and its gateway reads and alters all that the host does. */
const SEVERITY = { gateway: 90, between: 85, other: 75 }
/** Less where it is not known who had the address before: another link may show that, and is to be believed. */
const UNKNOWN_OWNER = 5
/** MACs that software made up move more often. */
const MADE_UP_CONFIDENCE = 0.8

const REASONS = {
  'takes over': (v: Verdict, c: Claim) =>
    `${v.rival} said ${v.pokes} times without being asked that it has ${c.ip}, which ${v.owner} had`,
  'between two': (v: Verdict, c: Claim) =>
    `${v.rival} told ${c.told} that it is ${c.ip} and ${c.ip} that it is ${c.told}, neither of which had asked`,
  'several addresses': (v: Verdict, c: Claim) =>
    `${v.rival} told ${c.told} ${v.pokes} times without being asked that it has ${c.ip}, while it has ${v.claimed.length - 1} other addresses`,
}

export interface ForgedClaim {
  protocol: 'ARP' | 'Neighbor Discovery'
  agent: string
  pokes: number
  /** All in the window. */
  windowMs: number
  /** How it is known that one of the addresses is a gateway's; '': none is known to be. */
  gateway: string
  gatewayIp: string
}

export const reportForged = (
  deps: DetectorDeps,
  claim: Claim,
  verdict: Verdict,
  about: ForgedClaim,
): void => {
  if (verdict.sign === 'contested') return
  const { rival, owner, claimed } = verdict
  const worst = about.gateway
    ? SEVERITY.gateway
    : verdict.sign === 'between two'
      ? SEVERITY.between
      : SEVERITY.other
  const severity = verdict.sign === 'several addresses' ? worst - UNKNOWN_OWNER : worst
  const victim = about.gateway ? about.gatewayIp : claim.ip
  deps.report({
    key: rival,
    title: `${rival} claims by forged ${about.protocol} to be ${victim}${about.gateway && ', the gateway'}`,
    severity,
    confidence:
      verdict.sign === 'several addresses' ? 0.7 : isMadeUp(rival) ? MADE_UP_CONFIDENCE : 0.95,
    technique: about.protocol === 'ARP' ? 'T1557.002' : 'T1557',
    timeMs: claim.timeMs,
    firstMs: verdict.firstMs,
    agent: about.agent,
    source: { mac: rival, ...(verdict.rivalIp && { ip: verdict.rivalIp }) },
    target: { ip: victim, ...(owner && { mac: owner }) },
    direction: 'internal',
    count: verdict.fresh,
    evidence: {
      reason: REASONS[verdict.sign](verdict, claim),
      facts: [
        {
          name: 'claims that nobody had asked for',
          value: verdict.pokes,
          threshold: `>= ${about.pokes} in ${about.windowMs / 1000} s, or 2 in both directions`,
          demand: about.pokes,
        },
        { name: 'addresses that the MAC claims', value: claimed.join(', ') },
        { name: 'times the address went to and fro', value: verdict.flips },
        { name: 'frames that differ from what they carry', value: verdict.mismatches },
        ...(about.gateway
          ? [{ name: 'gateway', value: `${about.gatewayIp}, ${about.gateway}` }]
          : []),
      ],
      flows: [],
    },
    quietMs: QUIET_MS,
  })
}
