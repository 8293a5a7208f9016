/** What a Neighbor Discovery message claims, in the words of address-claims.ts. */
import type { NdpObservation } from '@netscope/core/observation/ndp.ts'
import type { Claim } from './address-claims.ts'
import type { Asked } from './asked.ts'

const UNSPECIFIED = '::'
const LINK_LOCAL_HOPS = 255

/** Undefined: it claims nothing, or hosts ignore it (RFC 4861 section 7.1). Router advertisements are judged apart. */
export const ndpClaim = (seen: NdpObservation, link: string, asked: Asked): Claim | undefined => {
  if (seen.hopLimit !== LINK_LOCAL_HOPS || seen.code !== 0) return undefined
  if (seen.message === 'NS') {
    asked.ask(link, seen.target, seen.duplicateCheck ? 'ff02::1' : seen.src, seen.timeMs)
    return seen.sourceLinkMac === undefined || seen.src === UNSPECIFIED
      ? undefined
      : {
          ...base(seen, link),
          ip: seen.src,
          mac: seen.sourceLinkMac,
          told: '',
          unasked: false,
          speaks: true,
        }
  }
  // An answer without the option repeats what the question knew already: it claims nothing new.
  if (seen.message !== 'NA' || seen.targetLinkMac === undefined) return undefined
  const isForAll = seen.dst.startsWith('ff')
  return {
    ...base(seen, link),
    ip: seen.target,
    mac: seen.targetLinkMac,
    told: isForAll ? '' : seen.dst,
    unasked: !asked.answers(
      link,
      seen.target,
      isForAll ? '' : seen.dst,
      seen.targetLinkMac,
      seen.timeMs,
    ),
    speaks: isForAll,
  }
}

const base = (seen: NdpObservation, link: string) => ({
  link,
  timeMs: seen.timeMs,
  mismatch: seen.linkMismatch,
})
