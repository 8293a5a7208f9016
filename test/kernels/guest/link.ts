/** Two hosts inside the guest, joined by veth with a VLAN and an IPIP tunnel on it; NetScope counts on the first. */
import { execFileSync, spawn } from 'node:child_process'

export const HERE = { v4: '10.77.0.1', v6: 'fd77::1', vlan: '10.78.0.1', tunnel: '10.79.0.1' }
export const THERE = { v4: '10.77.0.2', v6: 'fd77::2', vlan: '10.78.0.2', tunnel: '10.79.0.2' }
/** Second addresses of the other host, to be blocked. */
export const BLOCKED = { v4: '10.77.0.66', v6: 'fd77::66' }
export const VETH = 'veth-here'
export const TUNNEL = 'tun-here'
export const VLAN = 42
/** Echoes datagrams and, once a sender has ended, all its bytes. */
export const ECHO_PORT = 9000
export const NAMESPACE = 'there'

const words = (command: string): string[] => command.split(' ')

/** Runs a command on this host; throws with what it said. */
export const here = (command: string): string => {
  const [program = '', ...rest] = words(command)
  return execFileSync(program, rest, { encoding: 'utf8', stdio: 'pipe' })
}

const there = (command: string): string => here(`ip netns exec ${NAMESPACE} ${command}`)

/** Sends echo requests of `bytes` of data; returns how many were answered. */
export const ping = (from: 'here' | 'there', to: string, count: number, options = ''): number => {
  const pinger = to.includes(':') ? 'ping6' : 'ping'
  const command = `${pinger} -q -c ${count} -i 0.1 -W 1 ${options}${options && ' '}${to}`
  try {
    const said = from === 'here' ? here(command) : there(command)
    return Number(/, (\d+) packets received/.exec(said)?.[1])
  } catch (error) {
    const { stdout } = error as { stdout: string }
    const received = /, (\d+) packets received/.exec(stdout)?.[1]
    if (received === undefined) throw error
    return Number(received)
  }
}

/** Makes both hosts; the veth on this one stays down, so that its counters are 0 until `raise`. */
export const makeLink = (): void => {
  here(`ip netns add ${NAMESPACE}`)
  here(`ip link add ${VETH} type veth peer name veth-there netns ${NAMESPACE}`)
  for (const [run, name, own, other, tunnel] of [
    [here, VETH, HERE, THERE, TUNNEL],
    [there, 'veth-there', THERE, HERE, 'tun-there'],
  ] as const) {
    run('ip link set lo up')
    run(`ip addr add ${own.v4}/24 dev ${name}`)
    run(`ip addr add ${own.v6}/64 dev ${name} nodad`)
    run(`ip link add link ${name} name vlan type vlan id ${VLAN}`)
    run(`ip addr add ${own.vlan}/24 dev vlan`)
    run(`ip link add ${tunnel} type ipip local ${own.v4} remote ${other.v4}`)
    run(`ip addr add ${own.tunnel}/24 dev ${tunnel}`)
  }
  there(`ip addr add ${BLOCKED.v4}/24 dev veth-there`)
  there(`ip addr add ${BLOCKED.v6}/64 dev veth-there nodad preferred_lft 0`) // no source unless named
}

/** From here on packets flow. */
export const raiseLink = (others: readonly string[]): void => {
  for (const [run, names] of [
    [there, ['veth-there', 'vlan', 'tun-there']],
    [here, [VETH, 'vlan', TUNNEL, ...others]],
  ] as const) {
    for (const name of names) run(`ip link set ${name} up`)
  }
}

/**
 * Both hosts wait long before they send a segment again, until the returned function is called: an emulated machine that is
 * busy answers later than TCP expects.
 */
export const beMorePatient = (): (() => void) => {
  const hosts = [
    [here, VETH, THERE],
    [there, 'veth-there', HERE],
  ] as const
  const set = (probes: 0 | 3, verb: 'add' | 'del') => {
    for (const [run, device, to] of hosts) {
      run(`sysctl -w net.ipv4.tcp_early_retrans=${probes}`)
      run(`ip route ${verb} ${to.v4}/32 dev ${device} rto_min 20s`)
      run(`ip -6 route ${verb} ${to.v6}/128 dev ${device} rto_min 20s`)
    }
  }
  set(0, 'add')
  return () => set(3, 'del')
}

/** TCP segments that both hosts have sent again so far. */
export const retransmissions = (): number =>
  [here, there]
    .map((run) => {
      const [names, values] = run('cat /proc/net/snmp')
        .split('\n')
        .filter((line) => line.startsWith('Tcp:'))
        .map(words)
      return Number(values?.[names?.indexOf('RetransSegs') ?? 0])
    })
    .reduce((sum, count) => sum + count, 0)

/** Starts the other host's echo server (peer.ts); returns what ends it. */
export const startPeer = async (): Promise<() => void> => {
  const script = process.argv[1] ?? ''
  const peer = spawn('ip', ['netns', 'exec', NAMESPACE, process.execPath, script, 'peer'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => peer.stdout.once('data', resolve))
  return () => void peer.kill()
}
