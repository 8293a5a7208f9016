/** Addresses and routes that move by right: what looks like an attack on the link and is none. */
import { GATEWAY, type AttackLab } from './attack-lab.ts'
import { browseFar, sendFrames, serveFar } from './link-attacks.ts'
import { arpAnswer, dhcpAck, gratuitousArp, neighborAnswer } from './link-frames.ts'

const [VRRP_MAC, BOND_MAC] = ['00:00:5e:00:01:07', '02:00:00:b0:4d:01']
const VIRTUAL = '10.78.26.1'

export interface Twins {
  prepare(): Promise<void>
  start(): void
}

export const linkTwins = (lab: AttackLab): Twins => {
  const host = (v4: string) => lab.addHost({ v4 })
  const [master, standby, client] = [host('10.78.26.2'), host('10.78.26.3'), host('10.78.26.9')]
  const [first, other] = [host('10.78.27.1'), host('10.78.27.2')]
  const container = host('10.78.27.5')
  const [proxy, asking] = [host('10.78.28.1'), host('10.78.28.2')]
  const [leaving, coming, server] = [host('10.78.29.5'), host('10.78.29.6'), host('10.78.29.1')]
  const [flapping, hiding] = [host('10.78.30.2'), host('10.78.30.3')]

  /** Standby without a MAC of its own, as keepalived does by default: announced from the real one. */
  const failOver = (): void => {
    const take = (from: typeof master, to: typeof master, at: number) => {
      from.start(`sh -c 'sleep ${at}; ip addr del ${VIRTUAL}/16 dev eth0'`)
      to.start(`sh -c 'sleep ${at}; ip addr add ${VIRTUAL}/16 dev eth0'`)
      to.start(
        `sh -c 'sleep ${at}; exec ${sendFrames(5, 1000, gratuitousArp({ mac: to.mac, ip: VIRTUAL }))}'`,
      )
    }
    take(master, standby, 1)
    take(standby, master, 11)
  }

  /** The same MAC, by turns at two ports of the bridge. */
  const shared = (mac: string, ip: string): void => {
    const frames = [
      gratuitousArp({ mac, ip }),
      arpAnswer({ mac, ip }, { mac: client.mac, ip: client.v4 }),
    ]
    first.start(sendFrames(4, 2000, ...frames))
    other.start(`sh -c 'sleep 1; exec ${sendFrames(4, 2000, ...frames)}'`)
  }

  return {
    async prepare() {
      await Promise.all([serveFar(master, '198.18.26'), serveFar(standby, '198.18.26')])
      await master.run(`ip addr add ${VIRTUAL}/16 dev eth0`)
      await client.run(`ip route add 198.18.26.0/24 via ${VIRTUAL}`)
      client.start(browseFar('198.18.26'))
      const behind = [130, 131, 132].map((last) => `ip addr add 10.78.28.${last}/32 dev lo`)
      await proxy.run(`sh -c '${behind.join(' && ')}'`)
      leaving.start(`ping -c 4 -i 1 ${GATEWAY.v4}`)
      await flapping.run('sysctl -qw net.ipv4.conf.eth0.arp_notify=1')
      await hiding.run(
        'sysctl -qw net.ipv6.conf.eth0.use_tempaddr=2 net.ipv6.conf.eth0.temp_prefered_lft=3 net.ipv6.conf.eth0.temp_valid_lft=6',
      )
    },
    start() {
      failOver()
      shared(VRRP_MAC, '10.78.27.100')
      shared(BOND_MAC, '10.78.27.101')
      asking.start(
        `sh -c 'while :; do for i in 130 131 132; do ping -c 1 -W 1 10.78.28.$i; done; ip neigh flush dev eth0; sleep 1; done'`,
      )
      // Containers that get the address of the one before, each with a MAC of its own.
      container.start(
        `sh -c 'for i in 1 2 3 4 5; do ip link set eth0 down; ip link set eth0 address 02:42:0a:4e:1b:0$i; ip link set eth0 up; ping -c 2 -i 0.5 -W 1 ${GATEWAY.v4}; sleep 1; done'`,
      )
      // An address that DHCP gives to another machine.
      leaving.start(`ip addr del 10.78.29.5/16 dev eth0`)
      const given = { mac: coming.mac, ip: '10.78.29.5' }
      server.start(
        sendFrames(2, 300, dhcpAck({ mac: server.mac, ip: server.v4 }, given, GATEWAY.v4)),
      )
      coming.start(
        `sh -c 'sleep 1; ip addr add 10.78.29.5/16 dev eth0; ip addr del 10.78.29.6/16 dev eth0; exec ${sendFrames(3, 800, gratuitousArp(given), arpAnswer(given, { mac: asking.mac, ip: asking.v4 }))}'`,
      )
      flapping.start(
        `sh -c 'for i in 1 2 3 4; do ip link set eth0 down; ip link set eth0 up; sleep 2; done'`,
      )
      // Announces its addresses to all when they are new (RFC 4861 section 7.2.6).
      hiding.start(
        sendFrames(
          3,
          1000,
          neighborAnswer(
            { mac: hiding.mac, ip: 'fd80:1::30:3' },
            { mac: '33:33:00:00:00:01', ip: 'ff02::1' },
          ),
        ),
      )
    },
  }
}
