/** What one source has tried in one way: its latest first contacts, and the sequential test over their outcomes. */
import { hashText } from '../hash-text.ts'
import { type Contact, hasFailed, isRare, isSweep, type Probe, type Technique } from './contact.ts'

/** Latest first contacts that are kept of a source and technique. */
export const CONTACTS_MAX = 32
const ANSWERED_MAX = 32

/**
 * Threshold Random Walk (Jung et al., IEEE S&P 2004): an ordinary source's first contacts succeed with 0.8, a
 * scanner's with 0.2, so each failure makes a scan 4 times as likely and each success a quarter. `odds` is that
 * likelihood ratio as power of 4. It stays above 1/99, so that a source that was good for long can still be caught.
 */
const ODDS_FLOOR = -Math.log(99) / Math.log(4)

export interface Tally {
  readonly technique: Technique
  odds: number
  readonly contacts: Contact[]
  waiting: number
  /** First contacts that failed, since the tally began or was cleared. */
  failures: number
  lastMs: number
  /** Digests of latest contacts that succeeded. */
  readonly answered: number[]
  answeredNext: number
}

export const createTally = (technique: Technique): Tally => ({
  technique,
  odds: 0,
  contacts: [],
  waiting: 0,
  failures: 0,
  lastMs: 0,
  answered: [],
  answeredNext: 0,
})

/** The contact is over: it failed. */
export const fail = (
  tally: Tally,
  contact: Contact,
  outcome: 'refused' | 'silent' | 'half-open',
): void => {
  if (contact.outcome === 'waiting') tally.waiting--
  if (!hasFailed(contact)) {
    tally.odds++
    tally.failures++
  }
  contact.outcome = outcome
}

/** The contact says nothing of the source. */
export const drop = (tally: Tally, contact: Contact): void => {
  const at = tally.contacts.indexOf(contact)
  if (at < 0) return
  if (contact.outcome === 'waiting') tally.waiting--
  if (hasFailed(contact)) tally.odds--
  tally.contacts.splice(at, 1)
}

const succeed = (tally: Tally): void => {
  tally.odds = Math.max(ODDS_FLOOR, tally.odds - 1)
}

/** Returns the contact if it counts from now on: it has failed, or is rare. */
export const noteProbe = (tally: Tally, probe: Probe): Contact | undefined => {
  const known = find(tally, probe)
  if (known) return noteAgain(tally, known, probe)
  const { outcome } = probe
  if (outcome === 'void') return undefined
  tally.lastMs = probe.timeMs
  if (outcome === 'answered' && !isSweep(tally.technique)) {
    if (isFirstSuccess(tally, probe)) succeed(tally)
    return undefined
  }
  const contact = toContact(probe)
  if (!keep(tally, contact)) return undefined
  if (outcome === 'waiting') tally.waiting++
  else if (outcome === 'answered') {
    contact.outcome = 'answered'
    succeed(tally)
  } else fail(tally, contact, outcome)
  return hasFailed(contact) || isRare(tally.technique) ? contact : undefined
}

const noteAgain = (tally: Tally, known: Contact, probe: Probe): Contact | undefined => {
  const { outcome } = probe
  if (probe.isHalfOpen) known.isHalfOpen = true
  if (outcome === 'void') drop(tally, known)
  else if (outcome === 'answered') {
    if (known.outcome === 'answered') return undefined
    const isKept = isSweep(tally.technique)
    if (isKept) {
      if (known.outcome === 'waiting') tally.waiting--
      else tally.odds--
      known.outcome = 'answered'
    } else drop(tally, known)
    succeed(tally)
    if (isRare(tally.technique)) return known
  } else if (outcome === 'waiting') known.repeats++
  else if (known.outcome === 'waiting') {
    fail(tally, known, outcome)
    return known
  }
  return undefined
}

const find = ({ contacts }: Tally, { target, port }: Probe): Contact | undefined => {
  for (let i = contacts.length - 1; i >= 0; i--) {
    const contact = contacts[i]!
    if (contact.port === port && contact.target === target) return contact
  }
  return undefined
}

/** Answered ones make room first, then failed ones, then none: those that wait are a sample of a fast scan. */
const keep = ({ contacts }: Tally, contact: Contact): boolean => {
  if (contacts.length === CONTACTS_MAX) {
    let at = contacts.findIndex(({ outcome }) => outcome === 'answered')
    if (at < 0) at = contacts.findIndex(({ outcome }) => outcome !== 'waiting')
    if (at < 0) return false
    contacts.splice(at, 1)
  }
  contacts.push(contact)
  return true
}

const toContact = (probe: Probe): Contact => ({
  target: probe.target,
  port: probe.port,
  srcPort: probe.srcPort,
  timeMs: probe.timeMs,
  outcome: 'waiting',
  isHalfOpen: probe.isHalfOpen,
  repeats: 0,
  agent: probe.agent,
  ifindex: probe.ifindex,
})

const isFirstSuccess = (tally: Tally, { target, port }: Probe): boolean => {
  const digest = hashText(target, port)
  if (tally.answered.includes(digest)) return false
  tally.answered[tally.answeredNext] = digest
  tally.answeredNext = (tally.answeredNext + 1) % ANSWERED_MAX
  return true
}
