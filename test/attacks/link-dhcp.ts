/** DHCP servers of the lab: the right one, one that stands in for it, and one of an attacker; clients beside them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GATEWAY, type AttackLab } from './attack-lab.ts'
import type { Attack } from './link-attacks.ts'

/** `router`: what it names as gateway and DNS server. */
const serverConfig = (folder: string, name: string, from: number, router: string): string => {
  const file = join(folder, name)
  writeFileSync(
    file,
    [
      'port=0',
      'log-facility=/dev/null',
      'pid-file=',
      'no-ping',
      `dhcp-leasefile=${file}.leases`,
      `dhcp-range=10.78.70.${from},10.78.70.${from + 19},255.255.0.0,2m`,
      `dhcp-option=3,${router}`,
      `dhcp-option=6,${router}`,
    ].join('\n'),
  )
  return `dnsmasq -k -u root -C ${file}`
}

const ASK = 'busybox udhcpc -f -n -q -t 3 -T 1 -i eth0 -s /bin/true'

export const dhcpAttack = (
  lab: AttackLab,
): { attack: Attack; startTwins(): void; clean(): void } => {
  const folder = mkdtempSync(join(tmpdir(), 'netscope-dhcp-'))
  const client = lab.addHost({ v4: '10.78.70.2' })
  const renewing = lab.addHost({ v4: '10.78.70.3' })
  const standby = lab.addHost({ v4: '10.78.71.1' })
  const evil = lab.addHost({ v4: '10.78.72.66' })
  return {
    attack: {
      name: 'a DHCP server that names itself as the gateway',
      async prepare() {
        lab.startHere(`${serverConfig(folder, 'right', 100, GATEWAY.v4)} -i ${GATEWAY.interface}`)
        client.start(`sh -c 'while :; do ${ASK}; sleep 2; done'`)
      },
      start: () => void evil.start(serverConfig(folder, 'evil', 140, evil.v4)),
      expected: () => ({
        detector: 'rogue-dhcp',
        severity: 80,
        fields: { src: evil.v4, srcMac: evil.mac },
      }),
      macs: () => [evil.mac, client.mac],
      seconds: 15,
    },
    startTwins() {
      standby.start(serverConfig(folder, 'standby', 120, GATEWAY.v4))
      renewing.start(
        `sh -c 'busybox udhcpc -f -i eth0 -s /bin/true & while sleep 3; do kill -USR1 $!; done'`,
      )
    },
    clean: () => rmSync(folder, { recursive: true, force: true }),
  }
}
