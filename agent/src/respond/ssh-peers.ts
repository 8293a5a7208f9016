/**
 * Who works here by SSH: the other ends of connections that are signed in. Where that can be told a guesser of passwords
 * is none, however long its connections live; where it cannot, a connection counts from the second look on at which
 * it is there. What is there at the first look counts at once, until it is known better: after a restart nobody may
 * be cut off meanwhile.
 */
import type { Peer } from '../source.ts'
import type { SessionsOf } from './sshd-sessions.ts'

/** Addresses of 16 bytes. */
export interface SshPeersNow {
  /** Signed in; or it cannot be told, for some looks. Those that are signed in come first. */
  peers: Uint8Array[]
  /** Perhaps signed in: it is not known yet. */
  unsure: Uint8Array[]
}

export interface SshPeersDeps {
  peersAt(port: number): Peer[]
  /** Process that holds the connection or its listener; undefined where that is not known, or /proc is another's. */
  ownerOf(peer: Peer): number | undefined
  /** Begins a look at the processes. */
  sessions(): SessionsOf
  /** Since boot, 1/100 s, the clock of the start of processes; NaN where it cannot be read. */
  uptimeTicks(): number
}

/** Each call is a look; some seconds lie between two. */
export type SshPeers = (ports: readonly number[]) => SshPeersNow

/** Of a connection, as of one look. */
type Verdict = 'signed in' | 'perhaps' | 'not' | 'cannot be told'

/** When a connection was accepted, in ticks, and what the looks have said in a row. */
interface Known {
  notBefore: number
  notAfter: number
  /** Looks that did not say "not". */
  possible: number
  /** Looks that said "signed in" or could not tell. */
  certain: number
  missing: number
}

/** A tick of the clock that both were rounded down to, and one to spare. */
const CLOCK_TICKS = 2
/** From the accept of a connection to the start of its process, on a machine that is short of everything. */
const START_TICKS = 1000
const COUNTS_AFTER = 2
const CERTAIN_AFTER = 3
/** A dump may miss one that is there while others come and go. */
const FORGET_AFTER = 3

export const createSshPeers = (deps: SshPeersDeps): SshPeers => {
  /** As many as the kernel has connections at these ports. */
  const known = new Map<string, Known>()
  /** When the last look began, and the one before it. */
  let began: [last: number, before: number] = [-Infinity, -Infinity]
  let isFirst = true

  const follow = (peer: Peer, seenTicks: number): Known => {
    const key = peer.cookie.join('.')
    // Not since the last look: that one may have missed it.
    const of = known.get(key) ?? {
      ...{ notBefore: began[1], notAfter: Infinity, certain: 0, missing: 0 },
      possible: isFirst ? COUNTS_AFTER - 1 : 0,
    }
    of.missing = 0
    if (peer.isAccepted && of.notAfter === Infinity) of.notAfter = seenTicks
    known.set(key, of)
    return of
  }

  const forgetMissing = (): void => {
    for (const [key, of] of known) if (++of.missing > FORGET_AFTER) known.delete(key)
  }

  const count = (of: Known, verdict: Verdict): void => {
    of.possible = verdict === 'not' ? 0 : of.possible + 1
    of.certain = verdict === 'signed in' || verdict === 'cannot be told' ? of.certain + 1 : 0
  }

  return (ports) => {
    const beginTicks = deps.uptimeTicks()
    const peers = ports.flatMap(deps.peersAt)
    const endTicks = deps.uptimeTicks()
    const sessionsOf = deps.sessions()
    const found: Record<'signedIn' | 'certain' | 'unsure', Uint8Array[]> = {
      ...{ signedIn: [], certain: [], unsure: [] },
    }
    forgetMissing()
    for (const peer of peers) {
      const of = follow(peer, endTicks)
      const verdict = judge(of, deps.ownerOf(peer), sessionsOf)
      count(of, verdict)
      if (of.possible < COUNTS_AFTER) continue
      const isCertain = of.certain >= CERTAIN_AFTER
      const kind = !isCertain ? 'unsure' : verdict === 'signed in' ? 'signedIn' : 'certain'
      found[kind].push(peer.address)
    }
    began = [beginTicks, began[0]]
    isFirst = false
    return { peers: [...found.signedIn, ...found.certain], unsure: found.unsure }
  }
}

const judge = (of: Known, owner: number | undefined, sessionsOf: SessionsOf): Verdict => {
  const sshd = owner === undefined ? undefined : sessionsOf(owner)
  if (!sshd) return 'cannot be told'
  if (sshd.kind === 'session') return sshd.isSignedIn ? 'signed in' : 'not'
  // Its own is among these: the listener starts it when it has accepted the connection. None if the clock is not known.
  const mayBeIts = sshd.sessions.filter(
    ({ startTicks }) =>
      startTicks >= of.notBefore - CLOCK_TICKS && startTicks <= of.notAfter + START_TICKS,
  )
  const signedIn = mayBeIts.filter(({ isSignedIn }) => isSignedIn).length
  if (mayBeIts.length === 0 || of.notAfter === Infinity) return 'cannot be told'
  if (signedIn === 0) return 'not'
  return signedIn === mayBeIts.length ? 'signed in' : 'perhaps'
}
