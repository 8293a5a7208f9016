/**
 * Who says to have an address: the judge of ARP and Neighbor Discovery alike. One claim proves nothing, addresses move;
 * what tells forgery from that is insistence (answers that nobody asked for, again and again) against an owner.
 */
import { createBoundedMap } from '../bounded-map.ts'
import {
  firstTold,
  isHonest,
  isBetween,
  newClaimant,
  noteAddress,
  noteTold,
  toldSince,
  type Claimant,
} from './claimant.ts'
import { createForgedCount } from './forged-count.ts'
import { findRival, noteRival, type Rival } from './rival.ts'
import { isShared, isStation } from './station-mac.ts'

export interface Claim {
  link: string
  ip: string
  mac: string
  timeMs: number
  /** Whose memory it aims at; '' where all are told. */
  told: string
  /** Not asked for by anybody in the seconds before. */
  unasked: boolean
  /** The frame came from another MAC than it says. */
  mismatch: boolean
  /** A sign of life (a request, an announcement), no answer. */
  speaks: boolean
}

export interface Limits {
  /** Unasked claims until it is forgery, and the time in which they must come. */
  pokes: number
  windowMs: number
}

export type Sign = 'takes over' | 'between two' | 'several addresses' | 'contested'

export interface Verdict {
  sign: Sign
  /** The MAC that is in the wrong; of `contested` the later one. */
  rival: string
  /** Who had the address before, '' if not known. */
  owner: string
  /** Unasked claims in the window. */
  pokes: number
  /** Times that the address went to and fro. */
  flips: number
  /** Forged claims that no verdict has counted yet. */
  fresh: number
  /** What `rival` claims, some at most. */
  claimed: string[]
  /** Its own address, '' if not known. */
  rivalIp: string
  firstMs: number
  mismatches: number
}

const MAX_ADDRESSES = 16_384
const MAX_STATIONS = 8192
const MAX_TOLD = 32
/** An owner that was silent for longer has left. */
const GONE_MS = 600_000
/** Without another address of its own, a rival may be a bond that balances: so many times more patience. */
const BOND_PATIENCE = 4
/** To and fro so often: two that both believe to have it. */
const CONTESTED_FLIPS = 4

interface Address {
  owner: string
  ownerMs: number
  ownerSpokeMs: number
  /** Who claimed it last, and when it went to and fro. */
  current: string
  flipTimes: number[]
  rivals: Rival[]
}

export interface AddressClaims {
  claim(claim: Claim): Verdict | undefined
  /** A DHCP server has given the address away: whoever had it has not any more. */
  leased(link: string, ip: string, mac: string, timeMs: number): void
  /** What a station has told somebody unasked in the window. */
  suspicions(link: string, mac: string, timeMs: number): Suspicion[]
  /** Forged claims of the window that no verdict has counted; they count as told now. */
  fresh(mac: string, timeMs: number): number
  addressesOf(link: string, mac: string): string[]
  /** Who has it, as far as known; '' if not. */
  ownerOf(link: string, ip: string): string
  /** Its own address, '' if not known. */
  ownIp(link: string, mac: string): string
}

export interface Suspicion {
  ip: string
  /** Who has that address, as far as known. */
  owner: string
  told: string
  firstMs: number
  /** The station's own: a question was missed. */
  isOwn: boolean
}

export const createAddressClaims = (limits: Limits): AddressClaims => {
  const addresses = createBoundedMap<string, Address>(MAX_ADDRESSES)
  const stations = createBoundedMap<string, Claimant>(MAX_STATIONS)
  const forged = createForgedCount()

  const stationOf = (claim: Claim): Claimant => {
    const key = `${claim.link} ${claim.mac}`
    let station = stations.get(key)
    if (!station) stations.set(key, (station = newClaimant()))
    noteAddress(station, claim.ip)
    return station
  }

  const addressOf = (claim: Claim): Address => {
    const key = `${claim.link} ${claim.ip}`
    let address = addresses.get(key)
    if (!address) addresses.set(key, (address = newAddress(claim.mac, claim.timeMs)))
    return address
  }

  /** An address of its own, or another victim's: the second port of a bond has those of the first one only. */
  const hasOther = (station: Claimant, { link, ip }: Claim, owner: string): boolean =>
    [...station.addresses.keys()].some(
      (other) => other !== ip && addresses.peek(`${link} ${other}`)?.owner !== owner,
    )

  const noteForged = (station: Claimant, one: Claim): void => {
    station.addresses.get(one.ip)!.forged++
    forged.note(one)
  }

  const isOwn = (station: Claimant, link: string, mac: string, ip: string): boolean =>
    isHonest(station, ip) && addresses.peek(`${link} ${ip}`)?.owner === mac

  const ownIp = (link: string, mac: string): string => {
    const station = stations.peek(`${link} ${mac}`)
    if (!station) return ''
    return [...station.addresses.keys()].find((ip) => isOwn(station, link, mac, ip)) ?? ''
  }

  /** Unasked claims that convict: more where the rival may be a bond that balances. */
  const patience = (other: boolean): number => (other ? limits.pokes : limits.pokes * BOND_PATIENCE)

  const claim = (one: Claim): Verdict | undefined => {
    if (!isStation(one.mac) || isShared(one.mac)) return undefined
    const station = stationOf(one)
    const address = addressOf(one)
    noteFlip(address, one, limits.windowMs)
    const from = one.timeMs - limits.windowMs
    const verdict = (
      sign: Sign,
      rival: Pick<Rival, 'mac' | 'firstMs' | 'mismatches'>,
      pokes: number,
    ): Verdict => ({
      sign,
      rival: rival.mac,
      owner: rival.mac === address.owner ? '' : address.owner,
      pokes,
      flips: address.flipTimes.length,
      fresh: forged.take(one.mac, from),
      claimed: [...station.addresses.keys()],
      rivalIp: ownIp(one.link, one.mac),
      firstMs: rival.firstMs,
      mismatches: rival.mismatches,
    })

    const told = noteTold(station, one, from)
    if (told > 0) noteForged(station, one)
    if (told >= 2 && isBetween(station, one, from)) {
      return verdict('between two', { mac: one.mac, firstMs: one.timeMs, mismatches: 0 }, told)
    }
    if (one.mac === address.owner) {
      address.ownerMs = one.timeMs
      if (one.speaks) address.ownerSpokeMs = one.timeMs
      // Who has poisoned may heal in the owner's name when he leaves.
      const has = !one.mismatch && station.addresses.size >= 2 && told >= limits.pokes + 2
      const isOld = one.timeMs - firstTold(station, one) >= 3000
      return has && isOld
        ? verdict(
            'several addresses',
            { mac: one.mac, firstMs: firstTold(station, one), mismatches: 0 },
            told,
          )
        : undefined
    }
    if (one.timeMs - address.ownerMs > GONE_MS) {
      addresses.set(`${one.link} ${one.ip}`, newAddress(one.mac, one.timeMs))
      return undefined
    }
    const rival = findRival(address.rivals, one)
    const isPoke = noteRival(address.ownerMs, rival, one, from)
    if (isPoke && told === 0) noteForged(station, one)
    const pokes = rival.pokeTimes.length
    if (pokes >= patience(hasOther(station, one, address.owner)))
      return verdict('takes over', rival, pokes)
    return isContested(address, rival) ? verdict('contested', rival, pokes) : undefined
  }

  return {
    claim,
    leased(link, ip, mac, timeMs) {
      if (isStation(mac)) addresses.set(`${link} ${ip}`, newAddress(mac, timeMs))
    },
    suspicions(link, mac, timeMs) {
      const station = stations.peek(`${link} ${mac}`)
      if (!station) return []
      return toldSince(station, timeMs - limits.windowMs).map((one) => ({
        ...one,
        owner: addresses.peek(`${link} ${one.ip}`)?.owner ?? '',
        isOwn: isOwn(station, link, mac, one.ip),
      }))
    },
    fresh: (mac, timeMs) => forged.take(mac, timeMs - limits.windowMs),
    ownerOf: (link, ip) => addresses.peek(`${link} ${ip}`)?.owner ?? '',
    addressesOf: (link, mac) => [...(stations.peek(`${link} ${mac}`)?.addresses.keys() ?? [])],
    ownIp,
  }
}

const newAddress = (mac: string, timeMs: number): Address => ({
  owner: mac,
  ownerMs: timeMs,
  ownerSpokeMs: 0,
  current: mac,
  flipTimes: [],
  rivals: [],
})

const noteFlip = (address: Address, { mac, timeMs }: Claim, windowMs: number): void => {
  address.flipTimes = address.flipTimes.filter((at) => at > timeMs - windowMs)
  if (mac === address.current) return
  address.current = mac
  if (address.flipTimes.length < MAX_TOLD) address.flipTimes.push(timeMs)
}

/** Both speak for themselves, which the ports of one bond never do. */
const isContested = (address: Address, rival: Rival): boolean =>
  address.flipTimes.length >= CONTESTED_FLIPS && rival.spoke && address.ownerSpokeMs > rival.firstMs
