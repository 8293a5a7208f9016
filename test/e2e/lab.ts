/** Two hosts in network namespaces, joined by veth; NetScope runs on the first. Everything is taken down by id. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Flow } from '@netscope/core/flow.ts'
import { authorizedCurl } from '../authorized-curl.ts'
import type { Status } from '@netscope/core/status.ts'
import { giveCompiledCode, keepCompiledCode } from './compiled-code.ts'
import { removeLeftNamespaces, removeNamespace } from './namespace.ts'

/** Folders of the lab that NetScope writes to. */
const FOLDERS = ['run', 'data']
const ROOT = join(import.meta.dirname, '../..')
let labs = 0

export const HERE = { v4: '10.77.0.1', v6: 'fd77::1', interface: 'veth-here' }
export const THERE = { v4: '10.77.0.2', v6: 'fd77::2', interface: 'veth-there' }

/** Of `admin`, for the page. */
export const PASSWORD = 'a password of the tests'

export interface FlowPage {
  total: number
  flows: Flow[]
}

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms))

/** Asks `ask` every 100 ms until `good`; the last answer, or an error that shows it after `seconds`, enough for a busy machine. */
export const until = async <T>(
  ask: () => T | Promise<T>,
  good: (answer: T) => boolean,
  seconds = 30,
): Promise<T> => {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (good(answer)) return answer
    if (Date.now() > end)
      throw new Error(`not within ${seconds} s: ${JSON.stringify(answer).slice(0, 2000)}`)
    await sleep(100)
  }
}

/** Once the kernel has let go of the processes that were in them. */
export const removeCgroups = async (...paths: string[]): Promise<void> => {
  for (const path of paths)
    await until(
      () => {
        try {
          rmdirSync(path)
          return ''
        } catch (error) {
          return String(error)
        }
      },
      (error) => error === '',
    )
}

export const createLab = () => {
  const id = `${process.pid}-${++labs}`
  const [here, there] = [`nsa-${id}`, `nsb-${id}`]
  const folder = mkdtempSync(join(tmpdir(), 'netscope-lab-'))
  const children: ChildProcess[] = []
  const guests: string[] = []

  const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' })
  const runDir = join(folder, 'run')
  /** Of NetScope's own commands: no login of the user who runs the tests. */
  const ownEnv = { ...process.env, NETSCOPE_RUN_DIR: runDir, XDG_CONFIG_HOME: folder }
  const curl = `${authorizedCurl(runDir)} -s -m 10`
  const run = (namespace: string, command: string): string =>
    execFileSync('ip', ['netns', 'exec', namespace, 'sh', '-c', command], {
      env: ownEnv,
      encoding: 'utf8',
      stdio: 'pipe',
      timeout: 60_000,
    })
  const start = (namespace: string, command: string, env: NodeJS.ProcessEnv = {}): ChildProcess => {
    const child = spawn('ip', ['netns', 'exec', namespace, 'sh', '-c', `exec ${command}`], {
      env: { ...ownEnv, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.push(child)
    return child
  }

  const host = (namespace: string, { v4, v6, interface: name }: typeof HERE) => {
    ip('-n', namespace, 'link', 'set', 'lo', 'up')
    ip('-n', namespace, 'addr', 'add', `${v4}/24`, 'dev', name)
    ip('-n', namespace, 'addr', 'add', `${v6}/64`, 'dev', name, 'nodad')
    ip('-n', namespace, 'link', 'set', name, 'up')
  }

  return {
    folder,
    /** Network namespace of the first host. */
    namespace: here,
    /** Makes both hosts. */
    up: () => {
      removeLeftNamespaces()
      ip('netns', 'add', here)
      ip('netns', 'add', there)
      ip(
        '-n',
        here,
        'link',
        'add',
        HERE.interface,
        'type',
        'veth',
        'peer',
        'name',
        THERE.interface,
        'netns',
        there,
      )
      host(here, HERE)
      host(there, THERE)
    },
    /** Starts `netscope up` on the first host and waits until its agent counts; returns its process. */
    netscope: async (env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> => {
      giveCompiledCode(folder, FOLDERS)
      const child = start(here, join(ROOT, 'bin/netscope up'), {
        NETSCOPE_ADMIN_PASSWORD: PASSWORD,
        NETSCOPE_PERSISTENCE_PATH: join(folder, 'data/lists.json'),
        NETSCOPE_STORAGE_PATH: join(folder, 'data/server'),
        ...env,
      })
      let log = ''
      child.stdout?.on('data', (text) => (log += String(text)))
      child.stderr?.on('data', (text) => (log += String(text)))
      const ready = () => {
        try {
          return run(here, 'curl -s -m 2 http://127.0.0.1:8086/ready')
        } catch {
          return log
        }
      }
      await until(
        ready,
        (answer) => answer.includes('"agentConnected":true') || answer.includes('"ready":true'),
        120,
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${log}`)
      })
      return child
    },
    /** One more host behind the first: its `eth0` is joined to `port` there. Returns what runs commands on it. */
    addGuest: (port: string, address: string) => {
      const guest = `nsc-${id}-${guests.length}`
      ip('netns', 'add', guest)
      guests.push(guest)
      ip('-n', here, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', guest)
      ip('-n', here, 'link', 'set', port, 'up')
      ip('-n', guest, 'addr', 'add', address, 'dev', 'eth0')
      ip('-n', guest, 'link', 'set', 'eth0', 'up')
      return (command: string) => run(guest, command)
    },
    here: (command: string) => run(here, command),
    there: (command: string) => run(there, command),
    startHere: (command: string) => start(here, command),
    startThere: (command: string) => start(there, command),
    /** On the guest that was added as number `at`. */
    startGuest: (at: number, command: string) => start(guests[at] ?? there, command),
    /** curl with the token of NetScope, for `here`; without a limit of time. */
    curl: authorizedCurl(runDir),
    get: (path: string): string => run(here, `${curl} 'http://127.0.0.1:8086${path}'`),
    flows: (query: string): FlowPage =>
      JSON.parse(
        run(here, `${curl} 'http://127.0.0.1:8086/api/v1/flows?limit=1000&${query}'`),
      ) as FlowPage,
    status: (): Status =>
      JSON.parse(run(here, `${curl} http://127.0.0.1:8086/api/v1/status`)) as Status,
    /** Sends frames from the second host to the first. */
    sendFrames: (frames: readonly Uint8Array[], times = 1): void => {
      const hex = frames.map((frame) => Buffer.from(frame).toString('hex')).join('\n')
      execFileSync(
        'ip',
        [
          'netns',
          'exec',
          there,
          join(ROOT, 'bin/node'),
          join(import.meta.dirname, 'send-frames.ts'),
          THERE.interface,
          String(times),
        ],
        { input: hex },
      )
    },
    /** The interface's own counters on the first host. */
    counters: (name = HERE.interface) => {
      const read = (file: string) =>
        Number(run(here, `cat /sys/class/net/${name}/statistics/${file}`))
      return {
        rxPackets: read('rx_packets'),
        rxBytes: read('rx_bytes'),
        txPackets: read('tx_packets'),
        txBytes: read('tx_bytes'),
      }
    },
    /** Process ids on the first host whose command line holds `text`. */
    pids: (text: string): number[] =>
      execFileSync('ip', ['netns', 'pids', here], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .filter((pid) => commandLine(pid).includes(text))
        .map(Number),
    down: async () => {
      for (const child of children) child.kill('SIGTERM')
      await Promise.all(
        children.map((child) => child.exitCode ?? child.signalCode ?? exited(child)),
      )
      for (const namespace of [here, there, ...guests]) removeNamespace(namespace)
      keepCompiledCode(folder, FOLDERS)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Lab = ReturnType<typeof createLab>

const exited = (child: ChildProcess) =>
  Promise.race([
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
