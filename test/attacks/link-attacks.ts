/** Attackers on the link, each with victims of its own, and what is to be found of each. */
import { join } from 'node:path'
import type { AlertRow } from '@netscope/server/alerts/alert-row.ts'
import { GATEWAY, type AttackHost, type AttackLab } from './attack-lab.ts'
import {
  hexOf,
  icmpRedirect,
  neighborAnswer,
  neighborRedirect,
  routerAdvertisement,
  type Station,
} from './link-frames.ts'

const SEND = `perl ${join(import.meta.dirname, 'send-frames.pl')}`
export const sendFrames = (times: number, pauseMs: number, ...frames: Uint8Array[]): string =>
  `${SEND} ${times} ${pauseMs} ${hexOf(frames)}`
/** Stations beyond a router, that it answers for itself. */
const FAR = [1, 2, 3, 4, 5]
export const [ROUTER, SECOND_ROUTER] = ['fe80::8001', 'fe80::8066']

export interface Attack {
  name: string
  /** Before anything bad happens. */
  prepare?(): Promise<void>
  start(): void
  /** The one alert that must come of it. */
  expected(): { detector: string; severity: number; fields: Partial<AlertRow> }
  /** All whose alerts are of this attack. */
  macs(): string[]
  seconds: number
}

/** Serves pages on addresses that are behind it. */
export const serveFar = async (host: AttackHost, far: string): Promise<void> => {
  const addresses = FAR.map((last) => `ip addr add ${far}.${last}/32 dev lo`)
  await host.run(`sh -c '${addresses.join(' && ')}'`)
  host.start('busybox httpd -f -p 80 -h /usr/share/common-licenses')
}

/** As people do, not by the clock: that would be a beacon. */
export const browseFar = (far: string): string =>
  `sh -c 'while :; do for i in ${FAR.join(' ')}; do curl -s -m 1 -o /dev/null http://${far}.$i/$(shuf -n 1 -e GPL-2 BSD Artistic); done; sleep $(shuf -n 1 -e 0.1 0.5 1.2 2.5); done'`

/** It passes on what it gets, and tells nobody of a better way. */
const FORWARD =
  'sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0'

const trio = (lab: AttackLab, net: string, v6 = false) => {
  const host = (last: string) =>
    lab.addHost({
      v4: `10.78.${net}.${last}`,
      ...(v6 && { v6: `fd78::${net}:${last}` }),
    })
  return { router: host('1'), victim: host('2'), evil: host('66') }
}

const arpBothWays = (lab: AttackLab): Attack => {
  const { router, victim, evil } = trio(lab, '20')
  return {
    name: 'arpspoof between a victim and its gateway, both ways',
    async prepare() {
      await serveFar(router, '198.18.20')
      await victim.run(`ip route add 198.18.20.0/24 via ${router.v4}`)
      await evil.run(`sh -c '${FORWARD} && ip route add 198.18.20.0/24 via ${router.v4}'`)
      victim.start(browseFar('198.18.20'))
    },
    start: () => void evil.start(`arpspoof -i eth0 -t ${victim.v4} -r ${router.v4}`),
    expected: () => ({
      detector: 'arp-spoof',
      severity: 90,
      fields: { srcMac: evil.mac, src: evil.v4, dst: router.v4 },
    }),
    macs: () => [evil.mac, victim.mac, router.mac],
    seconds: 15,
  }
}

const arpOfThisHost = (lab: AttackLab): Attack => {
  const router = lab.addHost({ v4: '10.78.21.1' })
  const evil = lab.addHost({ v4: '10.78.21.66' })
  return {
    name: 'arpspoof of NetScope’s own host, one way',
    async prepare() {
      await serveFar(router, '198.18.21')
      await evil.run(`sh -c '${FORWARD} && ip route add 198.18.21.0/24 via ${router.v4}'`)
      lab.here(`ip route add 198.18.21.0/24 via ${router.v4}`)
      lab.startHere(browseFar('198.18.21'))
    },
    start: () => void evil.start(`arpspoof -i eth0 -t ${GATEWAY.v4} ${router.v4}`),
    expected: () => ({
      detector: 'arp-spoof',
      severity: 90,
      fields: { srcMac: evil.mac, src: evil.v4, dst: router.v4, dstMac: router.mac },
    }),
    macs: () => [evil.mac, router.mac],
    seconds: 15,
  }
}

/** Both ends know each other without asking, as after days of traffic. */
const arpOfSilentRouter = (lab: AttackLab): Attack => {
  const { router, victim, evil } = trio(lab, '22')
  const know = (host: Station, state: string) =>
    `ip neigh replace ${host.ip} lladdr ${host.mac} nud ${state} dev eth0`
  return {
    name: 'arpspoof of a victim whose router never speaks by ARP',
    async prepare() {
      await serveFar(router, '198.18.22')
      const station = { mac: router.mac, ip: router.v4 }
      await router.run(
        `sh -c 'sysctl -qw net.ipv4.conf.eth0.arp_ignore=8 && ${know({ mac: victim.mac, ip: victim.v4 }, 'permanent')} && ${know({ mac: evil.mac, ip: evil.v4 }, 'permanent')}'`,
      )
      await victim.run(
        `sh -c 'sysctl -qw net.ipv4.neigh.eth0.base_reachable_time_ms=3600000 && ${know(station, 'reachable')} && ip route add 198.18.22.0/24 via ${router.v4}'`,
      )
      await evil.run(
        `sh -c '${FORWARD} && ${know(station, 'permanent')} && ip route add 198.18.22.0/24 via ${router.v4}'`,
      )
      victim.start(browseFar('198.18.22'))
    },
    start: () => void evil.start(`arpspoof -i eth0 -t ${victim.v4} ${router.v4}`),
    expected: () => ({
      detector: 'arp-spoof',
      severity: 90,
      fields: { srcMac: evil.mac, src: evil.v4, dst: router.v4, dstMac: router.mac },
    }),
    macs: () => [evil.mac, victim.mac, router.mac],
    seconds: 15,
  }
}

const ndpForged = (lab: AttackLab): Attack => {
  const { router, victim, evil } = trio(lab, '23', true)
  return {
    name: 'forged Neighbor Advertisements',
    async prepare() {
      victim.start(`ping -i 1 ${router.v6}`)
      evil.start(`ping -i 1 ${victim.v6}`)
    },
    start: () =>
      void evil.start(
        sendFrames(
          8,
          1500,
          neighborAnswer({ mac: evil.mac, ip: router.v6 }, { mac: victim.mac, ip: victim.v6 }),
        ),
      ),
    expected: () => ({
      detector: 'ndp-spoof',
      severity: 75,
      fields: { srcMac: evil.mac, src: evil.v6, dst: router.v6, dstMac: router.mac },
    }),
    macs: () => [evil.mac, victim.mac, router.mac],
    seconds: 15,
  }
}

const duplicate = (lab: AttackLab): Attack => {
  const both = [lab.addHost({ v4: '10.78.24.5' }), lab.addHost({ v4: '10.78.24.5' })]
  const speak = `sh -c 'while :; do ip neigh flush dev eth0; ping -c 1 -W 1 ${GATEWAY.v4}; sleep 0.7; done'`
  return {
    name: 'one address of two hosts',
    start: () => both.forEach((host) => host.start(speak)),
    expected: () => ({
      detector: 'duplicate-address',
      severity: 45,
      fields: { src: '10.78.24.5', dst: '10.78.24.5' },
    }),
    macs: () => both.map(({ mac }) => mac),
    seconds: 20,
  }
}

const redirect = (lab: AttackLab): Attack => {
  const victim = lab.addHost({ v4: '10.78.25.2' })
  const evil = lab.addHost({ v4: '10.78.25.66' })
  const frame = () =>
    icmpRedirect(GATEWAY.v4, { mac: victim.mac, ip: victim.v4 }, '198.18.25.1', {
      mac: evil.mac,
      ip: evil.v4,
    })
  return {
    name: 'ICMP redirects in the gateway’s name',
    start: () => void evil.start(sendFrames(6, 500, frame())),
    expected: () => ({
      detector: 'icmp-redirect',
      severity: 85,
      fields: { src: GATEWAY.v4, srcMac: evil.mac, dst: victim.v4 },
    }),
    macs: () => [evil.mac, victim.mac],
    seconds: 10,
  }
}

const routers = (lab: AttackLab): Attack[] => {
  const router = lab.addHost({ v4: '10.78.80.1' })
  const second = lab.addHost({ v4: '10.78.80.66' })
  const killer = lab.addHost({ v4: '10.78.80.67' })
  const victim = lab.addHost({ v4: '10.78.80.2' })
  const redirector = lab.addHost({ v4: '10.78.80.68' })
  const known = { mac: router.mac, ip: ROUTER }
  return [
    {
      name: 'a second router with a prefix of its own',
      async prepare() {
        router.start(sendFrames(100, 2000, routerAdvertisement(known, { prefix: 'fd80:1::' })))
      },
      start: () =>
        void second.start(
          sendFrames(
            5,
            1000,
            routerAdvertisement({ mac: second.mac, ip: SECOND_ROUTER }, { prefix: 'fd80:666::' }),
          ),
        ),
      expected: () => ({
        detector: 'rogue-router',
        severity: 60,
        fields: { src: SECOND_ROUTER, srcMac: second.mac },
      }),
      macs: () => [second.mac],
      seconds: 10,
    },
    {
      name: 'a router that is withdrawn by somebody else',
      start: () =>
        void killer.start(
          sendFrames(5, 1000, routerAdvertisement(known, { lifetimeSeconds: 0, from: killer.mac })),
        ),
      expected: () => ({
        detector: 'rogue-router',
        severity: 85,
        fields: { src: ROUTER, srcMac: killer.mac },
      }),
      macs: () => [killer.mac],
      seconds: 10,
    },
    {
      name: 'a Neighbor Discovery redirect in the router’s name',
      start: () =>
        void redirector.start(
          sendFrames(
            1,
            0,
            neighborRedirect(known, { mac: victim.mac, ip: 'fe80::8002' }, '2001:db8::1', {
              mac: redirector.mac,
              ip: 'fe80::8068',
            }),
          ),
        ),
      expected: () => ({
        detector: 'icmp-redirect',
        severity: 85,
        fields: { src: ROUTER, srcMac: redirector.mac, dst: 'fe80::8002' },
      }),
      macs: () => [redirector.mac],
      seconds: 10,
    },
  ]
}

export const linkAttacks = (lab: AttackLab): Attack[] => [
  arpBothWays(lab),
  arpOfThisHost(lab),
  arpOfSilentRouter(lab),
  ndpForged(lab),
  duplicate(lab),
  redirect(lab),
  ...routers(lab),
]
