/**
 * One NetScope on a host that is bridge and router for others, each in a network namespace of its own: attackers, victims and
 * ordinary clients. Many of them act at once, because each start of NetScope costs seconds.
 */
import type { ChildProcess } from 'node:child_process'
import type { AlertRow } from '@netscope/server/alerts/alert-row.ts'
import { createLab, until } from '../e2e/lab.ts'

/** NetScope's own addresses: on the bridge, where it is the gateway of all others. */
export const GATEWAY = { v4: '10.78.0.1', v6: 'fd78::1', interface: 'br-lan' }
/** Below is told of for the record only: new devices and services. */
export const INFO = 20

export interface HostPlace {
  /** On the bridge, 10.78.0.0/16; any other address is behind a line of its own, routed by NetScope's host. */
  v4: string
  v6?: string
  /** More IPv4 addresses that it has. */
  also?: readonly string[]
}

export interface Running {
  readonly pid: number
  /** What it has printed so far, both streams. */
  output(): string
  /** Resolves with its exit code, -1 if it was killed. */
  readonly ended: Promise<number>
  /** Ends it and waits. */
  stop(): Promise<void>
}

export interface AttackHost {
  readonly v4: string
  readonly v6: string
  /** Of its `eth0`. */
  readonly mac: string
  /** One program with its arguments, for a shell; for more than one: `sh -c '…'`. */
  start(command: string): Running
  /** The same, until it has ended; what it printed. Throws if its exit code is not 0. */
  run(command: string): Promise<string>
}

/** Fields that must be so, or a test. */
export type AlertFilter = Partial<AlertRow> | ((alert: AlertRow) => boolean)

export interface FoundAlert {
  alert: AlertRow
  /** From the given start until the API told of it. */
  afterMs: number
}

export const createAttackLab = () => {
  const lab = createLab()
  const known = new Map<string, { alert: AlertRow; atMs: number }>()
  let hosts = 0
  let isDown = false

  const keep = (alert: AlertRow): void => {
    const atMs = known.get(alert.id)?.atMs ?? Date.now()
    known.set(alert.id, { alert, atMs })
  }

  /** Begins anew where it breaks off: NetScope may be killed by a test. */
  const follow = (): void => {
    if (isDown) return
    const child = lab.startHere(`${lab.curl} -s -N http://127.0.0.1:8086/api/v1/alerts/stream`)
    let rest = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines)
        if (line.startsWith('data: {"id"')) keep(JSON.parse(line.slice(6)) as AlertRow)
    })
    child.once('exit', () => setTimeout(follow, 200))
  }

  const test = (filter: AlertFilter): ((alert: AlertRow) => boolean) =>
    typeof filter === 'function'
      ? filter
      : (alert) =>
          Object.entries(filter).every(([name, value]) => alert[name as keyof AlertRow] === value)

  const alertsOf = (filter: AlertFilter = {}): AlertRow[] =>
    [...known.values()].map(({ alert }) => alert).filter(test(filter))

  return {
    /** Makes the bridge; hosts come next, then `netscope`. */
    up: (): void => {
      lab.up()
      const { v4, v6, interface: name } = GATEWAY
      lab.here(
        [
          `ip link add ${name} type bridge forward_delay 0 mcast_snooping 0`,
          `ip addr add ${v4}/16 dev ${name}`,
          `ip addr add ${v6}/64 dev ${name} nodad`,
          `ip link set ${name} up`,
          'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1',
        ].join(' && '),
      )
    },
    addHost: ({ v4, v6 = '', also = [] }: HostPlace): AttackHost => {
      const at = hosts++
      const port = `port${at}`
      const isOnBridge = v4.startsWith('10.78.')
      const guest = lab.addGuest(port, isOnBridge ? `${v4}/16` : `${v4}/32`)
      if (isOnBridge) lab.here(`ip link set ${port} master ${GATEWAY.interface}`)
      else lab.here(`ip route add ${v4} dev ${port}`)
      const setUp = [
        'ip link set lo up',
        ...also.map((one) => `ip addr add ${one}/${isOnBridge ? 16 : 32} dev eth0`),
        `ip route add default via ${GATEWAY.v4} dev eth0 onlink`,
      ]
      if (v6 !== '') setUp.push(`ip addr add ${v6}/64 dev eth0 nodad`)
      if (v6 !== '' && isOnBridge) setUp.push(`ip route add default via ${GATEWAY.v6}`)
      guest(setUp.join(' && '))
      for (const one of isOnBridge ? [] : also) lab.here(`ip route add ${one} dev ${port}`)
      const start = (command: string) => running(lab.startGuest(at, command))
      return {
        v4,
        v6,
        mac: guest('cat /sys/class/net/eth0/address').trim(),
        start,
        run: async (command) => {
          const child = start(command)
          const code = await child.ended
          if (code === 0) return child.output()
          throw new Error(`${command}: exit code ${code}\n${child.output().slice(-2000)}`)
        },
      }
    },
    /** Starts NetScope and follows its alerts. */
    netscope: async (env: NodeJS.ProcessEnv = {}): Promise<void> => {
      await lab.netscope(env)
      follow()
    },
    /** What the API told of so far, the last state of each, whatever its severity. */
    alertsOf,
    /** The same without what is for the record only. */
    loudAlertsOf: (filter: AlertFilter = {}): AlertRow[] =>
      alertsOf(filter).filter(({ severity }) => severity >= INFO),
    /** The first alert that `filter` names, told of within `seconds` of `startMs` (milliseconds since 1970). */
    waitForAlert: async (
      filter: AlertFilter,
      seconds: number,
      startMs = Date.now(),
    ): Promise<FoundAlert> => {
      const isWanted = test(filter)
      const find = () => [...known.values()].find(({ alert }) => isWanted(alert))
      const left = Math.max(0, seconds - (Date.now() - startMs) / 1000)
      const found = await until(find, (one) => one !== undefined, left).catch(() => {
        const what = alertsOf().map(({ title, severity }) => `${severity} ${title}`)
        throw new Error(`no such alert within ${seconds} s, but:\n${what.join('\n')}`)
      })
      return { alert: found!.alert, afterMs: found!.atMs - startMs }
    },
    /** Of NetScope's host: commands, the API, processes by their command line. */
    here: lab.here,
    startHere: (command: string): Running => running(lab.startHere(command)),
    /** curl with the token of NetScope, for `here`. */
    curl: lab.curl,
    get: lab.get,
    pids: lab.pids,
    status: lab.status,
    /** Ends everything, and removes it. */
    down: (): Promise<void> => {
      isDown = true
      return lab.down()
    },
  }
}

export type AttackLab = ReturnType<typeof createAttackLab>

/** Of its output the last megabyte is kept. */
const OUTPUT_MAX = 1 << 20

const running = (child: ChildProcess): Running => {
  let output = ''
  const take = (chunk: Buffer): void => void (output = (output + String(chunk)).slice(-OUTPUT_MAX))
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)))
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    stop: async () => {
      child.kill('SIGTERM')
      const force = setTimeout(() => child.kill('SIGKILL'), 2000)
      await ended
      clearTimeout(force)
    },
  }
}
