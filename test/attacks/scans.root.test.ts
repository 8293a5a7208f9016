/** Scans by nmap in its modes, each by an attacker of its own, beside clients whose ordinary traffic looks alike. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sleep } from '../e2e/lab.ts'
import { type AttackHost, createAttackLab } from './attack-lab.ts'
import { type Attack, foundOf, type Outcome, runAttacks, slack } from './attack-run.ts'

const TWIN = `${process.execPath} ${join(import.meta.dirname, 'twin.ts')}`
/** Pause of `-T2` between probes. */
const SLOW_PAUSE_MS = 400

interface Scan {
  name: string
  nmap: string
  /** In the title. */
  how: string
  /** Until the alert; the figure of the issue. */
  seconds: number
  /** What it goes to, if not to one address of the victim. */
  target?: string
  technique?: string
  /** From a network behind NetScope's host. */
  isOffLink?: true
  /** Victim drops what it does not want. */
  isSilent?: true
}

const SCANS: readonly Scan[] = [
  { name: 'SYN', nmap: '-sS', how: 'TCP connect or SYN', seconds: 3 },
  {
    name: 'SYN, a silent host',
    nmap: '-sS -Pn',
    how: 'TCP connect or SYN',
    seconds: 3,
    isSilent: true,
  },
  { name: 'connect', nmap: '-sT', how: 'TCP connect or SYN', seconds: 3 },
  { name: 'UDP', nmap: '-sU', how: 'UDP', seconds: 10 },
  { name: 'UDP, a silent host', nmap: '-sU -Pn', how: 'UDP', seconds: 10, isSilent: true },
  { name: 'FIN', nmap: '-sF', how: 'TCP FIN', seconds: 3 },
  { name: 'NULL', nmap: '-sN', how: 'TCP without flags', seconds: 3 },
  { name: 'Xmas', nmap: '-sX', how: 'TCP with odd flags (Xmas)', seconds: 3 },
  { name: 'ACK', nmap: '-sA', how: 'TCP ACK or window', seconds: 3 },
  { name: 'window', nmap: '-sW', how: 'TCP ACK or window', seconds: 3 },
  { name: 'IP protocols', nmap: '-sO', how: 'IP protocols', seconds: 3 },
  { name: 'version', nmap: '-sV', how: 'TCP connect or SYN', seconds: 3 },
  {
    name: 'slow',
    nmap: '-sS -T2',
    how: 'TCP connect or SYN',
    seconds: (30 * SLOW_PAUSE_MS) / 1000,
  },
  {
    name: 'ICMP sweep',
    nmap: '-sn -PE',
    how: 'ping',
    seconds: 3,
    target: '10.78.40.0/24',
    technique: 'T1018',
    isOffLink: true,
  },
  {
    name: 'sweep by default',
    nmap: '-sn',
    how: 'ping',
    seconds: 3,
    target: '10.78.41.0/24',
    technique: 'T1018',
    isOffLink: true,
  },
  {
    name: 'ARP sweep',
    nmap: '-sn',
    how: 'ARP',
    seconds: 3,
    target: '10.78.42.0/24',
    technique: 'T1018',
  },
]

const lab = createAttackLab()
const attackers: AttackHost[] = []
let outcomes: ReadonlyMap<string, Outcome> = new Map()

const victimOf = (index: number): string => `10.78.3.${index + 1}`

/** Ordinary programs, that run all the time. */
const startTwins = (): void => {
  const address = (host: number): string => `10.78.5.${host}`
  const many = Array.from({ length: 41 }, (_, i) => `10.78.6.${i + 1}`)
  const add = (host: number, ...commands: string[]): void => {
    const twin = lab.addHost({ v4: address(host) })
    for (const command of commands) twin.start(command)
  }
  const servers = lab.addHost({ v4: address(250), also: many })
  servers.start(`${TWIN} serve 0.0.0.0 80 443 8080 5000 9100`)
  servers.start(`${TWIN} flaky ${address(250)} 7000 3000`)
  servers.start(`${TWIN} resolver ${address(250)} 53`)
  add(1, `${TWIN} browse 10.78.6. 1 40 80 443 8080`)
  // Not there: 7001 to 7003 are closed, 10.78.5.251 has nobody.
  add(
    2,
    `sh -c 'while :; do nc -z -w 1 10.78.5.250 7001; nc -z -w 1 10.78.5.250 7002; nc -z -w 1 10.78.5.250 7003; sleep 1; done'`,
  )
  add(
    3,
    `sh -c 'while :; do for i in 1 2 3 4 5 6 7 8 9 10; do ping -c 1 -W 1 10.78.6.$i; curl -s -m 1 -o /dev/null http://10.78.6.$i:9100/; done; ping -c 1 -W 1 10.78.5.251; sleep 1; done'`,
  )
  add(4, `sh -c 'while :; do for i in 1 2 3 4; do ping -c 2 -i 0.2 -W 1 10.78.6.$i; done; done'`)
  add(5, `${TWIN} retry ${address(250)} 7005`, `${TWIN} retry 10.78.5.251 7006`)
  add(6, `${TWIN} reconnect ${address(250)} 7000 40`)
  add(7, `${TWIN} ask ${address(250)} 53`)
}

const attackOf = (scan: Scan, index: number): Attack => ({
  name: scan.name,
  host: attackers[index]!,
  command: `nmap -n ${scan.nmap} ${scan.target ?? victimOf(index)}`,
  filter: { detector: 'scan', src: attackers[index]!.v4 },
  seconds: scan.seconds,
})

beforeAll(async () => {
  lab.up()
  const victim = lab.addHost({ v4: '10.78.3.200', also: SCANS.map((_, i) => victimOf(i)) })
  SCANS.forEach((scan, i) => {
    attackers.push(lab.addHost({ v4: scan.isOffLink ? `10.79.0.${i + 1}` : `10.78.2.${i + 1}` }))
  })
  victim.start(`${TWIN} serve 0.0.0.0 22 80 443`)
  const silent = SCANS.map((scan, i) => (scan.isSilent ? victimOf(i) : '')).filter(
    (one) => one !== '',
  )
  await victim.run(`nft add table ip lab`)
  await victim.run(`nft add chain ip lab in '{ type filter hook input priority 0; }'`)
  await victim.run(`nft add rule ip lab in ip daddr '{ ${silent.join(', ')} }' drop`)
  await lab.netscope()
  startTwins()
  await sleep(4000)
  outcomes = await runAttacks(lab, SCANS.map(attackOf))
  await sleep(3000)
}, 180_000)
afterAll(() => lab.down(), 30_000)

describe('nmap', () => {
  it.each(SCANS.map((scan, index) => ({ ...scan, index })))(
    '$name: is found soon and once, with who, whom and how',
    ({ name, index, target, technique = 'T1046', how, seconds }) => {
      const { alert, afterMs } = foundOf(outcomes, name)
      const attacker = attackers[index]!.v4
      expect(alert).toMatchObject({ dst: target ? '' : victimOf(index), technique })
      expect(afterMs).toBeLessThan(seconds * 1000 * slack())
      const all = lab.loudAlertsOf(({ src, dst }) => src === attacker || dst === victimOf(index))
      expect(all.map(({ id }) => id)).toEqual([alert.id])
      expect(all[0]?.title).toContain(how)
    },
  )

  it('slowly is found within its first 30 probes', () => {
    expect(foundOf(outcomes, 'slow').alert.count).toBeLessThanOrEqual(30)
  })
})

it('nothing else raises an alert, least of all ordinary programs', () => {
  const scanners = new Set(attackers.map(({ v4 }) => v4))
  const others = lab.loudAlertsOf(({ src }) => !scanners.has(src))
  expect(others.map(({ title, evidence }) => `${title}: ${evidence.reason}`)).toEqual([])
})
