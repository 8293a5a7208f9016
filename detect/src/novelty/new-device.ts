/**
 * A device that this network has not seen: a MAC in ARP, NDP or DHCP that is new after `noveltyLearnHours` of watching
 * the interface. Severity 10: for the list, not for the pager. A random MAC (locally administered) is news of little
 * worth, since telephones change theirs: 5.
 */
import type { Observation } from '@netscope/core/observation.ts'
import type { DetectorKind } from '../detector.ts'
import { createLearnedMap, type ValueText } from '../learned-map.ts'
import { isMadeUp, isShared, isStation } from '../spoofing/station-mac.ts'

/** A flood of forged MACs tells of so many an hour at most, and of how many more there were. */
const MAX_TOLD_PER_HOUR = 20
const MAX_MACS = 65_536
const HOUR_MS = 3_600_000
const QUIET_MS = 60_000

const TRUE: ValueText<true> = { write: () => 1, read: () => true }
const TIME: ValueText<number> = {
  write: (timeMs) => timeMs,
  read: (json) => (Number.isFinite(json) ? Number(json) : undefined),
}

/** Who speaks for himself in it. */
const speaker = (said: Observation): { mac: string; ip: string } | undefined => {
  if (said.kind === 'arp') {
    const isOwn = !said.senderMismatch && said.senderMac !== ''
    return isOwn ? { mac: said.senderMac, ip: said.senderIp } : undefined
  }
  if (said.kind === 'dhcp')
    return said.fromServer || said.clientMac === ''
      ? undefined
      : { mac: said.clientMac, ip: said.requestedIp ?? said.clientIp }
  if (said.kind === 'ndp' && said.hopLimit === 255 && said.srcMac !== '')
    return { mac: said.srcMac, ip: said.src }
  return undefined
}

export const newDeviceKind: DetectorKind = {
  name: 'new-device',
  version: 1,
  description:
    'A device appears on a network that was watched for long enough to know its devices.',
  techniques: ['T1200'],
  create(settings, deps, learned) {
    const known = createLearnedMap('macs', MAX_MACS, TRUE, learned)
    /** When each interface of an agent was first heard. */
    const since = createLearnedMap('since', 1024, TIME, learned)
    const learnMs = settings.noveltyLearnHours * HOUR_MS
    let [hour, told] = [-1, 0]
    /** Beyond those, and how many of them were told of; the last one. */
    let [more, toldMore] = [0, 0]
    let last: { said: Observation; mac: string; agent: string } | undefined

    const tellMore = (): void => {
      if (more === toldMore || !last) return
      const { said, mac, agent } = last
      deps.report({
        key: `more ${hour}`,
        title: `and ${more} more devices are new within the hour`,
        severity: isMadeUp(mac) ? 5 : 10,
        confidence: 0.9,
        technique: 'T1200',
        timeMs: said.timeMs,
        agent,
        source: {},
        target: {},
        direction: 'internal',
        count: more - toldMore,
        evidence: {
          reason: `more MACs that were never seen than the ${MAX_TOLD_PER_HOUR} that are told one by one; the last was ${mac} on ${said.interface}`,
          facts: [
            { name: 'more new devices', value: more },
            { name: 'devices known', value: known.size },
          ],
          flows: [],
        },
        quietMs: HOUR_MS,
      })
      toldMore = more
    }

    const mayTell = (timeMs: number): boolean => {
      const now = Math.floor(timeMs / HOUR_MS)
      if (now !== hour) {
        tellMore()
        ;[hour, told, more, toldMore] = [now, 0, 0, 0]
      }
      return ++told <= MAX_TOLD_PER_HOUR
    }

    return {
      observation(said, agent) {
        const who = speaker(said)
        if (!who || !isStation(who.mac) || isShared(who.mac)) return
        const { timeMs } = said
        const link = `${agent} ${said.interface}`
        const firstMs = since.get(link) ?? timeMs
        since.set(link, firstMs)
        const isKnown = known.get(who.mac)
        known.set(who.mac, true)
        if (isKnown || timeMs - firstMs < learnMs) return
        if (!mayTell(timeMs)) {
          more++
          last = { said, mac: who.mac, agent }
          return
        }
        const hours = ((timeMs - firstMs) / HOUR_MS).toFixed(1)
        const ip = who.ip === '' || who.ip === '0.0.0.0' || who.ip === '::' ? {} : { ip: who.ip }
        deps.report({
          key: who.mac,
          title: `${who.mac} is new on ${said.interface}`,
          severity: isMadeUp(who.mac) ? 5 : 10,
          confidence: 0.9,
          technique: 'T1200',
          timeMs,
          agent,
          source: { mac: who.mac, vlan: said.vlan, ...ip },
          target: {},
          direction: 'internal',
          evidence: {
            reason: `in ${hours} hours of watching ${said.interface} (at least ${settings.noveltyLearnHours}) this MAC was never seen; told by ${said.kind.toUpperCase()}${isMadeUp(who.mac) ? '; it is a random one, as telephones have' : ''}`,
            facts: [
              {
                name: 'hours watched',
                value: Number(hours),
                unit: 'h',
                threshold: `>= ${settings.noveltyLearnHours}`,
              },
              { name: 'devices known', value: known.size - 1 },
            ],
            flows: [],
          },
          quietMs: QUIET_MS,
        })
      },
      tick: tellMore,
      *learned() {
        yield* known.learned()
        yield* since.learned()
      },
    }
  },
}
