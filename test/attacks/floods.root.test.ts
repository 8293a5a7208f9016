/** Floods by hping3 with invented senders, each against a victim of its own, beside loads that are meant to be carried. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sleep } from '../e2e/lab.ts'
import { type AttackHost, createAttackLab } from './attack-lab.ts'
import { type Attack, foundOf, type Outcome, runAttacks, slack } from './attack-run.ts'

const TWIN = `${process.execPath} ${join(import.meta.dirname, 'twin.ts')}`
/** For how long the SYN flood goes on while memory is measured. */
const LONG_SECONDS = 20
/** Of the agent, what its buffers still take; of the server, whose garbage is collected at some 400 MB, what is left behind. */
const GROWTH_MB = [80, 400]

interface Flood {
  name: string
  /** Arguments of hping3. */
  how: string
  detector: string
  /** 0: the detection names none. */
  port: number
}

/** Microseconds between packets: 2,000 a second, 4,000 of UDP, whose least rate is 1,000. */
const FLOODS: readonly Flood[] = [
  { name: 'SYN', how: '-S -p 80 -i u500', detector: 'syn-flood', port: 80 },
  { name: 'SYN with ECN bits', how: '-S -X -Y -p 80 -i u500', detector: 'syn-flood', port: 80 },
  {
    name: 'SYN-ACK',
    how: '-S -A -s 443 -k -p 40000 -i u500',
    detector: 'syn-ack-flood',
    port: 40_000,
  },
  { name: 'UDP', how: '--udp -p 9999 -d 100 -i u250', detector: 'udp-flood', port: 9999 },
  { name: 'ICMP', how: '--icmp -i u500', detector: 'icmp-flood', port: 0 },
]

const lab = createAttackLab()
const attackers: AttackHost[] = []
let outcomes: ReadonlyMap<string, Outcome> = new Map()
/** Of agent and server, megabytes. */
let memory: { before: number[]; after: number[] } = { before: [], after: [] }

const victimOf = (index: number): string => `10.78.3.${index + 1}`

const residentMegabytes = (): number[] =>
  ['agent/src/main.ts', 'server/src/main.ts'].map((part) => {
    const [pid] = lab.pids(part)
    const rss = /VmRSS:\s+(?<kb>\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Math.round(Number(rss?.groups?.['kb']) / 1024)
  })

/** Loads that somebody wants: a measured line, many visits, a poller, a dead service. */
const startTwins = (): void => {
  const servers = lab.addHost({ v4: '10.78.5.250' })
  servers.start('iperf3 -s')
  servers.start('iperf3 -s -p 5202')
  servers.start(`${TWIN} serve 10.78.5.250 80`)
  servers.start(`${TWIN} flaky 10.78.5.250 7000 3000`)
  const add = (host: number, command: string): void =>
    void lab.addHost({ v4: `10.78.5.${host}` }).start(command)
  add(1, 'iperf3 -c 10.78.5.250 -P 8 -b 5M -t 120')
  add(2, 'iperf3 -c 10.78.5.250 -p 5202 -u -b 4M -t 120')
  add(3, `${TWIN} load 10.78.5.250 80 16`)
  add(4, 'ping -i 0.05 10.78.5.250')
  add(5, `${TWIN} retry 10.78.5.250 7005`)
  add(6, `${TWIN} reconnect 10.78.5.250 7000 60`)
}

const attackOf = ({ name, how, detector }: Flood, index: number): Attack => ({
  name,
  host: attackers[index]!,
  command: `hping3 --rand-source ${how} ${victimOf(index)}`,
  filter: { detector, dst: victimOf(index) },
  seconds: 5,
})

beforeAll(async () => {
  lab.up()
  const victim = lab.addHost({ v4: '10.78.3.200', also: FLOODS.map((_, i) => victimOf(i)) })
  FLOODS.forEach((_, i) => attackers.push(lab.addHost({ v4: `10.78.2.${i + 1}` })))
  victim.start(`${TWIN} serve 0.0.0.0 80`)
  await lab.netscope()
  startTwins()
  await sleep(4000)
  outcomes = await runAttacks(lab, FLOODS.map(attackOf))
  // What tables and buffers need once is there now.
  memory = { before: residentMegabytes(), after: [] }
  const long = attackers[0]!.start(`hping3 --rand-source -S -p 80 -i u200 ${victimOf(0)}`)
  await sleep(LONG_SECONDS * 1000)
  memory.after = residentMegabytes()
  await long.stop()
  await sleep(3000)
  console.log(
    `agent and server, MB: ${memory.before.join(' and ')}, then ${memory.after.join(' and ')}`,
  )
}, 180_000)
afterAll(() => lab.down(), 30_000)

describe('hping3 with invented senders', () => {
  it.each(FLOODS.map((flood, index) => ({ ...flood, index })))(
    '$name: is found soon and once, by its victim alone',
    ({ name, index, port, detector }) => {
      const { alert, afterMs } = foundOf(outcomes, name)
      expect(alert).toMatchObject({ src: '', dst: victimOf(index), dstPort: port })
      expect(alert.technique).toMatch(/^T1498/)
      expect(afterMs).toBeLessThan(5000 * slack())
      expect(lab.loudAlertsOf({ detector, dst: victimOf(index) })).toHaveLength(1)
    },
  )

  it('raises nothing else: no sender of its own, no scan, no second flood', () => {
    const expected = FLOODS.map(({ detector }, i) => `${detector} ${victimOf(i)}`)
    const all = lab.loudAlertsOf().map(({ detector, dst }) => `${detector} ${dst}`)
    expect(all.toSorted()).toEqual(expected.toSorted())
  })

  it('tells of no more for the record than there are hosts', () => {
    expect(lab.alertsOf().length).toBeLessThan(60)
  })

  it('takes no memory for its senders', () => {
    memory.after.forEach((after, i) =>
      expect(after - memory.before[i]!).toBeLessThan(GROWTH_MB[i]!),
    )
  })
})
