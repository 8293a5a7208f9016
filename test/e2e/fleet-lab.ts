/** A server and two agents, each in a network namespace of its own, and traffic whose flows are known. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sleep, until } from './lab.ts'
import { removeLeftNamespaces, removeNamespace } from './namespace.ts'

const ROOT = join(import.meta.dirname, '../..')
export const AGENTS = ['a', 'b'] as const
export type AgentName = (typeof AGENTS)[number]

/** Of the server on its link to an agent, and the agent's own. */
const LINKS = {
  a: { server: '10.81.1.1', agent: '10.81.1.2' },
  b: { server: '10.81.2.1', agent: '10.81.2.2' },
} as const
/** Address on `lo` of every agent's host, for the deny list: its uplink does not pass there. */
export const BLOCKED = '10.99.0.1'
const TRAFFIC = '198.51'

export interface AgentHealth {
  name: string
  state: string
  clock?: { offsetMs: number; roundTripMs: number }
  lists?: { inForce: boolean; desiredRevision: number; confirmedRevision?: number }
  degraded: string[]
}

/** Flows that the traffic had sent at a time. */
interface Sent {
  atMs: number
  next: number
}

interface StoredCopy {
  id: string
  srcPackets: number
  lastSeen: string
}

export const createFleetLab = () => {
  const id = String(process.pid)
  const names = { server: `nsf-s-${id}`, a: `nsf-a-${id}`, b: `nsf-b-${id}` }
  const folder = mkdtempSync('/run/netscope-fleet-')
  const data = mkdtempSync(join(tmpdir(), 'netscope-fleet-'))
  const children = new Map<string, ChildProcess>()
  const logs: string[] = []

  const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' })
  const run = (namespace: keyof typeof names, command: string): string =>
    execFileSync('ip', ['netns', 'exec', names[namespace], 'sh', '-c', command], {
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 30_000,
      maxBuffer: 64 << 20,
    })

  const start = (
    key: string,
    namespace: keyof typeof names,
    command: string[],
    env: NodeJS.ProcessEnv = {},
    onLine: (line: string) => void = (line) => logs.push(`${key}: ${line}`),
  ): void => {
    const child = spawn('ip', ['netns', 'exec', names[namespace], ...command], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.set(key, child)
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream.on('data', (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split('\n')
        rest = lines.pop() ?? ''
        lines.forEach(onLine)
      })
    }
  }

  const envOf = (part: string): NodeJS.ProcessEnv => ({
    NETSCOPE_RUN_DIR: join(folder, part),
    NETSCOPE_PERSISTENCE_PATH: join(data, part, 'lists.json'),
    NETSCOPE_STORAGE_PATH: join(data, part, 'server'),
    NETSCOPE_FLOWS_UDP_IDLE_SECONDS: '1',
  })

  const token = (): string => {
    const path = join(folder, 'server', 'local-token.json')
    return (JSON.parse(readFileSync(path, 'utf8')) as { token: string }).token
  }
  const ask = (path: string, options = ''): unknown =>
    JSON.parse(
      run(
        'server',
        `curl -s -m 20 -H 'authorization: Bearer ${token()}' ${options} 'http://127.0.0.1:8086${path}'`,
      ),
    )
  const post = (path: string, body: object): unknown =>
    ask(path, `-H 'content-type: application/json' -d '${JSON.stringify(body)}'`)

  const agents = (): AgentHealth[] => (ask('/api/v1/agents') as { agents: AgentHealth[] }).agents
  const agent = (name: AgentName): AgentHealth | undefined =>
    agents().find((one) => one.name === `agent-${name}`)

  /** Process ids below a namespace whose command line holds `text`. */
  const pids = (namespace: keyof typeof names, text: string): number[] =>
    ip('netns', 'pids', names[namespace])
      .trim()
      .split('\n')
      .filter((pid) => commandLine(pid).includes(text))
      .map(Number)

  return {
    logs,
    agents,
    agent,
    ask,
    post,
    up: () => {
      removeLeftNamespaces()
      for (const name of Object.values(names)) {
        ip('netns', 'add', name)
        ip('-n', name, 'link', 'set', 'lo', 'up')
      }
      for (const name of AGENTS) {
        const [mine, theirs] = [`to-${name}`, 'uplink0']
        const peer = ['peer', 'name', theirs, 'netns', names[name]]
        ip('-n', names.server, 'link', 'add', mine, 'type', 'veth', ...peer)
        ip('-n', names.server, 'addr', 'add', `${LINKS[name].server}/24`, 'dev', mine)
        ip('-n', names[name], 'addr', 'add', `${LINKS[name].agent}/24`, 'dev', theirs)
        ip('-n', names.server, 'link', 'set', mine, 'up')
        ip('-n', names[name], 'link', 'set', theirs, 'up')
        ip('-n', names[name], 'addr', 'add', `${BLOCKED}/32`, 'dev', 'lo')
        const sink = ['peer', 'name', `sink-${name}`, 'netns', names.server]
        ip('-n', names[name], 'link', 'add', 'traffic0', 'type', 'veth', ...sink)
        ip('-n', names.server, 'link', 'set', `sink-${name}`, 'up')
        // Nobody answers there.
        ip('-n', names[name], 'link', 'set', 'traffic0', 'arp', 'off', 'up')
        ip('-n', names[name], 'addr', 'add', '198.51.255.254/16', 'dev', 'traffic0')
      }
    },
    startServer: async (): Promise<void> => {
      const env = { ...envOf('server'), NETSCOPE_UPLINK_LISTEN: '0.0.0.0:8087' }
      start('server', 'server', [join(ROOT, 'bin/netscope'), 'server'], env)
      await until(health, (text) => text.includes('"status"'), 120)
    },
    startAgent: (name: AgentName, joinToken: string): void => {
      const env = { ...envOf(name), NETSCOPE_AGENT_NAME: `agent-${name}` }
      const server = `${LINKS[name].server}:8087`
      const command = ['agent', '--server', server, '--token', joinToken]
      start(`agent-${name}`, name, [join(ROOT, 'bin/netscope'), ...command], env)
    },
    /** Kills the process itself; whoever supervises it starts it again. */
    kill: (part: 'server' | AgentName): void => {
      const main = part === 'server' ? 'server/src/main.ts' : 'agent/src/main.ts'
      for (const pid of pids(part, main)) process.kill(pid, 'SIGKILL')
    },
    /** `down`: what is sent on the line is lost, on both sides. */
    link: (name: AgentName, state: 'up' | 'down'): void =>
      void ip('-n', names.server, 'link', 'set', `to-${name}`, state),
    /** Begins to send; returns what was sent so far, and how to stop. */
    traffic: (name: AgentName, rate: number) => {
      const sent: Sent[] = []
      const command = [join(ROOT, 'bin/node'), join(import.meta.dirname, 'fleet-traffic.ts')]
      start(`traffic-${name}`, name, [...command, TRAFFIC, String(rate)], {}, (line) =>
        sent.push(JSON.parse(line) as Sent),
      )
      return {
        /** Number of the first flow that was not sent before `atMs`. */
        before: (atMs: number): number => sent.findLast((one) => one.atMs <= atMs)?.next ?? 0,
        total: (): number => sent.at(-1)?.next ?? 0,
        /** Resolves when all that was sent has been told. */
        stop: async (): Promise<void> => {
          const child = children.get(`traffic-${name}`)
          const closed = new Promise((resolve) => child?.once('close', resolve))
          child?.kill('SIGTERM')
          await closed
        },
      }
    },
    /** Whether packets to the blocked address pass on an agent's host. */
    passes: (name: AgentName): boolean => {
      try {
        run(name, `ping -c 1 -W 1 ${BLOCKED}`)
        return true
      } catch {
        return false
      }
    },
    /** How often each flow of the traffic is in the history, by its number. */
    /** Flows of the traffic in the history, each as often as it is there. */
    stored: (name: AgentName): Map<number, StoredCopy[]> => {
      const copies = new Map<number, StoredCopy[]>()
      let cursor = ''
      do {
        const filter = encodeURIComponent(
          `agent = "agent-${name}" and dst in ${TRAFFIC}.0.0/16 and srcPort = 5353`,
        )
        const more = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const page = ask(
          `/api/v1/flows/stored?limit=1000&sort=lastSeen&from=-1h&filter=${filter}${more}`,
        ) as { flows: (StoredCopy & { dst: string; dstPort: number })[]; nextCursor?: string }
        for (const { dst, dstPort, id, srcPackets, lastSeen } of page.flows) {
          const [, , high = 0, low = 0] = dst.split('.').map(Number)
          const number = (high * 250 + low - 1) * 60_000 + dstPort - 1000
          copies.set(number, [...(copies.get(number) ?? []), { id, srcPackets, lastSeen }])
        }
        cursor = page.nextCursor ?? ''
      } while (cursor !== '')
      return copies
    },
    down: async (): Promise<void> => {
      for (const child of children.values()) child.kill('SIGTERM')
      await Promise.all([...children.values()].map(gone))
      for (const namespace of Object.values(names)) removeNamespace(namespace)
      for (const path of [folder, data]) rmSync(path, { recursive: true, force: true })
    },
  }

  function health(): string {
    try {
      return run('server', 'curl -s -m 2 http://127.0.0.1:8086/health')
    } catch {
      return logs.slice(-5).join('\n')
    }
  }
}

const gone = (child: ChildProcess): Promise<unknown> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : Promise.race([
        new Promise((resolve) => child.once('exit', resolve)),
        sleep(8000).then(() => child.kill('SIGKILL')),
      ])

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
