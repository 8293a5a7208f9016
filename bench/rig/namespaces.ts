/** Two network namespaces joined by a veth pair: 198.18.0.1 on `va` and 198.18.0.2 on `vb`. */
import { execFileSync } from 'node:child_process'
import type { Undo } from './undo.ts'

export interface Side {
  namespace: string
  device: string
  address: string
  /** Command that runs `words` inside. */
  inside(...words: string[]): string[]
  /** Runs a command inside to its end and returns what it printed. */
  run(...words: string[]): string
}

export interface Cable {
  a: Side
  b: Side
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] })

let made = 0

/** A second Ctrl-C may reach the first attempt. */
const removeNamespace = (name: string): void => {
  try {
    ip('netns', 'del', name)
  } catch {
    ip('netns', 'del', name)
  }
}

const makeNamespace = (letter: string, undo: Undo): string => {
  const name = `netscope-bench-${process.pid}-${++made}${letter}`
  ip('netns', 'add', name)
  undo.add(() => removeNamespace(name))
  ip('-n', name, 'link', 'set', 'lo', 'up')
  // Neighbour discovery would be counted too.
  const quiet = 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
  ip('netns', 'exec', name, 'sh', '-c', quiet)
  return name
}

const sideOf = (namespace: string, device: string, address: string): Side => {
  const inside = (...words: string[]) => ['ip', 'netns', 'exec', namespace, ...words]
  return {
    namespace,
    device,
    address,
    inside,
    run: (...words) => {
      const [file = '', ...args] = inside(...words)
      return execFileSync(file, args, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 64 << 20,
      })
    },
  }
}

const MAC = { a: '02:00:00:00:00:0a', b: '02:00:00:00:00:0b' }

export const createCable = (undo: Undo): Cable => {
  const [nameA, nameB] = [makeNamespace('a', undo), makeNamespace('b', undo)]
  const a = sideOf(nameA, 'va', '198.18.0.1')
  const b = sideOf(nameB, 'vb', '198.18.0.2')
  ip(
    '-n',
    nameA,
    'link',
    'add',
    'va',
    'address',
    MAC.a,
    'type',
    'veth',
    'peer',
    'name',
    'vb',
    'address',
    MAC.b,
    'netns',
    nameB,
  )
  for (const [side, peer, mac] of [
    [a, b, MAC.b],
    [b, a, MAC.a],
  ] as const) {
    ip('-n', side.namespace, 'address', 'add', `${side.address}/24`, 'dev', side.device)
    ip('-n', side.namespace, 'link', 'set', side.device, 'up')
    ip(
      '-n',
      side.namespace,
      'neigh',
      'replace',
      peer.address,
      'lladdr',
      mac,
      'dev',
      side.device,
      'nud',
      'permanent',
    )
  }
  return { a, b }
}

/** One namespace with a bridge `d0` without ports: it swallows what is sent to any address. */
export const createSink = (undo: Undo): Side => {
  const name = makeNamespace('s', undo)
  const gateway = '198.18.0.2'
  ip('-n', name, 'link', 'add', 'd0', 'type', 'bridge', 'mcast_snooping', '0')
  ip('-n', name, 'address', 'add', '198.18.0.1/24', 'dev', 'd0')
  ip('-n', name, 'link', 'set', 'd0', 'up')
  ip('-n', name, 'neigh', 'replace', gateway, 'lladdr', MAC.b, 'dev', 'd0', 'nud', 'permanent')
  ip('-n', name, 'route', 'add', 'default', 'via', gateway, 'dev', 'd0')
  return sideOf(name, 'd0', '198.18.0.1')
}
