/** Scans over IPv6 by nmap, and of the link by Neighbor Discovery, each by an attacker of its own, beside ordinary clients. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sleep } from '../e2e/lab.ts'
import { type AttackHost, createAttackLab } from './attack-lab.ts'
import { type Attack, foundOf, type Outcome, runAttacks, slack } from './attack-run.ts'

const TWIN = `${process.execPath} ${join(import.meta.dirname, 'twin.ts')}`

interface Scan {
  name: string
  nmap: string
  /** In the title. */
  how: string
  seconds: number
  /** What it goes to, if not to the victim. */
  target?: string
  technique?: string
}

const SCANS: readonly Scan[] = [
  { name: 'SYN', nmap: '-sS', how: 'TCP connect or SYN', seconds: 3 },
  { name: 'connect', nmap: '-sT', how: 'TCP connect or SYN', seconds: 3 },
  { name: 'UDP', nmap: '-sU', how: 'UDP', seconds: 10 },
  { name: 'FIN', nmap: '-sF', how: 'TCP FIN', seconds: 3 },
  { name: 'slow', nmap: '-sS -T2', how: 'TCP connect or SYN', seconds: 12 },
  {
    name: 'NDP sweep',
    nmap: '-sn',
    how: 'Neighbor Discovery',
    seconds: 4,
    target: 'fd78::5:0/120',
    technique: 'T1018',
  },
]

const lab = createAttackLab()
const attackers: AttackHost[] = []
let outcomes: ReadonlyMap<string, Outcome> = new Map()

const victimOf = (index: number): string => `fd78::3:${(index + 1).toString(16)}`
const attackerOf = (index: number): string => `fd78::2:${(index + 1).toString(16)}`

const attackOf = (scan: Scan, index: number): Attack => ({
  name: scan.name,
  host: attackers[index]!,
  command: `nmap -6 -n ${scan.nmap} ${scan.target ?? victimOf(index)}`,
  filter: { detector: 'scan', src: attackerOf(index) },
  seconds: scan.seconds,
})

beforeAll(async () => {
  lab.up()
  const victim = lab.addHost({ v4: '10.78.3.200', v6: 'fd78::3:ffff' })
  for (const index of SCANS.keys()) {
    await victim.run(`ip addr add ${victimOf(index)}/64 dev eth0 nodad`)
    attackers.push(lab.addHost({ v4: `10.78.2.${index + 1}`, v6: attackerOf(index) }))
  }
  victim.start(`${TWIN} serve :: 22 80 443`)
  const twin = lab.addHost({ v4: '10.78.5.1', v6: 'fd78::6:1' })
  await lab.netscope()
  // Three neighbours are there, two are not; one service of them is down.
  twin.start(
    `sh -c 'while :; do for at in 1 2 3 f1 f2; do ping -6 -c 1 -W 1 fd78::3:$at; nc -z -w 1 fd78::3:$at 80; nc -z -w 1 fd78::3:$at 7001; done; sleep 1; done'`,
  )
  await sleep(4000)
  outcomes = await runAttacks(lab, SCANS.map(attackOf))
  await sleep(3000)
}, 180_000)
afterAll(() => lab.down(), 30_000)

describe('nmap over IPv6', () => {
  it.each(SCANS.map((scan, index) => ({ ...scan, index })))(
    '$name: is found soon and once, with who, whom and how',
    ({ name, index, target, technique = 'T1046', how, seconds }) => {
      const { alert, afterMs } = foundOf(outcomes, name)
      expect(alert).toMatchObject({ dst: target ? '' : victimOf(index), technique })
      expect(afterMs).toBeLessThan(seconds * 1000 * slack())
      const all = lab.loudAlertsOf(({ src }) => src === attackerOf(index))
      expect(all.map(({ id }) => id)).toEqual([alert.id])
      expect(all[0]?.title).toContain(how)
    },
  )
})

it('nothing else raises an alert', () => {
  const scanners = new Set([...SCANS.keys()].map(attackerOf))
  const others = lab.loudAlertsOf(({ src }) => !scanners.has(src))
  expect(others.map(({ title, evidence }) => `${title}: ${evidence.reason}`)).toEqual([])
})
