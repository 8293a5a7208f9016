/** When asking for many hosts is a sweep: those who poll what is there get answers. */
import type { DetectSection } from '@netscope/core/config/detect.ts'
import { type Contact, hasFailed, type SweepTechnique } from './contact.ts'
import type { RuleDeps, Verdict } from './rules.ts'

const PING_WINDOW_MS = 60_000
const LINK_WINDOW_MS = 30_000

export const judgeSweep = (
  settings: DetectSection,
  deps: RuleDeps,
  { source, technique }: { source: string; technique: SweepTechnique },
  recent: Contact[],
  nowMs: number,
): Verdict | undefined => {
  if (deps.mayAskForMany(source, technique)) return undefined
  const silent = recent.filter(hasFailed)
  if (technique === 'arp' || technique === 'ndp') {
    return judgeLink(settings, silent, nowMs) ?? judgeSlow(settings, deps, silent)
  }
  if (technique !== 'echo') {
    return verdict(
      recent,
      settings.scanStampHosts,
      () => `${recent.length} hosts were asked for their ${technique}, which hardly anybody does`,
    )
  }
  return judgePing(settings, deps, recent, nowMs) ?? judgeSlow(settings, deps, silent)
}

/** Hosts that are not there are asked for again; those that are, answer, though a switch may hide that from us. */
const judgeLink = (
  settings: DetectSection,
  silent: Contact[],
  nowMs: number,
): Verdict | undefined => {
  const now = silent.filter(({ timeMs }) => timeMs >= nowMs - LINK_WINDOW_MS)
  const again = now.filter(({ repeats }) => repeats > 0)
  const text = (count: number) =>
    `${count} addresses were asked for within 30 s that nobody was seen to have`
  return (
    verdict(again, settings.scanLinkHosts, () => text(again.length)) ??
    verdict(now, Math.min(30, settings.scanLinkHosts * 3), () => text(now.length))
  )
}

const judgePing = (
  settings: DetectSection,
  { isLocal }: RuleDeps,
  recent: Contact[],
  nowMs: number,
): Verdict | undefined => {
  const now = recent.filter(({ timeMs }) => timeMs >= nowMs - PING_WINDOW_MS)
  const silent = now.filter(hasFailed)
  const isOutside = silent.some(({ target }) => !isLocal(target))
  // Programs that look for their nearest server ping dozens of them: outside, many must be silent.
  const percent = isOutside ? 40 : settings.scanPingSilentPercent
  const hosts = isOutside ? Math.min(30, settings.scanPingHosts * 2) : settings.scanPingHosts
  if (silent.length * 100 < now.length * percent) return undefined
  const found = verdict(
    now,
    hosts,
    () => `${now.length} hosts were pinged within 60 s, ${silent.length} of them without an answer`,
  )
  found?.measured.push(['hosts that gave no answer', silent.length, `>= ${percent} %`])
  return found
}

const judgeSlow = (
  settings: DetectSection,
  { isLocal }: RuleDeps,
  silent: Contact[],
): Verdict | undefined => {
  const inside = silent.filter(({ target }) => isLocal(target))
  return verdict(
    inside,
    settings.scanSlowHosts,
    () => `${inside.length} hosts gave no answer within ${settings.scanMemoryHours} hours`,
  )
}

const verdict = (
  contacts: Contact[],
  threshold: number,
  reason: () => string,
): Verdict | undefined =>
  contacts.length < threshold
    ? undefined
    : {
        reason: reason(),
        measured: [['hosts that were asked for', contacts.length, `>= ${threshold}`]],
        demand: threshold,
        contacts,
      }
