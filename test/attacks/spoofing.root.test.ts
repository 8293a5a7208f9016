/** Attackers on the link at work all at once, beside addresses that move by right; each found once, and nothing else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sleep } from '../e2e/lab.ts'
import { createAttackLab, type FoundAlert } from './attack-lab.ts'
import { linkAttacks, type Attack } from './link-attacks.ts'
import { dhcpAttack } from './link-dhcp.ts'
import { linkTwins } from './link-twins.ts'

/** A busy machine of CI. */
const SLACK = 2
/** Next hops and neighbours are known by then. */
const CALM_MS = 6000

const lab = createAttackLab()
const found: (FoundAlert | string)[] = []
let attacks: Attack[] = []
let clean = (): void => undefined

beforeAll(async () => {
  lab.up()
  const dhcp = dhcpAttack(lab)
  clean = dhcp.clean
  attacks = [...linkAttacks(lab), dhcp.attack]
  const twins = linkTwins(lab)
  // Each broadcast is observed at every port of the bridge, of which there are some forty.
  await lab.netscope({ NETSCOPE_OBSERVE_MAX_PER_SECOND: '200000' })
  await Promise.all([twins.prepare(), ...attacks.map((attack) => attack.prepare?.())])
  await sleep(CALM_MS)
  dhcp.startTwins()
  twins.start()
  const startMs = Date.now()
  await Promise.all(
    attacks.map(async (attack, i) => {
      attack.start()
      const { detector, fields } = attack.expected()
      found[i] = await lab
        .waitForAlert({ detector, ...fields }, attack.seconds * SLACK, startMs)
        .catch((error: unknown) => String(error))
    }),
  )
  // The twins go on for so long.
  await sleep(Math.max(0, 20_000 - (Date.now() - startMs)))
  console.log(
    attacks
      .map(({ name }, i) => {
        const one = found[i]!
        return `${typeof one === 'string' ? 'not found' : `${one.afterMs} ms`}  ${name}`
      })
      .join('\n'),
  )
}, 180_000)
afterAll(async () => {
  await lab.down()
  clean()
}, 30_000)

describe('on the link', () => {
  it('each attack is found once, with who and whom', () => {
    const outcome = (attack: Attack, result: FoundAlert | string | undefined) => {
      const macs = attack.macs()
      const raised = lab.loudAlertsOf(({ srcMac }) => macs.includes(srcMac))
      return {
        name: attack.name,
        severity: typeof result === 'object' ? result.alert.severity : result,
        raised: raised.map(({ detector }) => detector),
      }
    }
    expect(attacks.map((attack, i) => outcome(attack, found[i]))).toEqual(
      attacks.map(({ name, expected }) => {
        const { detector, severity } = expected()
        return { name, severity, raised: [detector] }
      }),
    )
  })
  it('nothing else raises an alert', () => {
    const ids = new Set(found.map((one) => (typeof one === 'string' ? '' : one.alert.id)))
    expect(
      lab
        .loudAlertsOf(({ id }) => !ids.has(id))
        .map(({ title, evidence }) => `${title}: ${evidence.reason}`),
    ).toEqual([])
  })
})
