/**
 * Which connections of an OpenSSH server are signed in, as the titles of its processes say, which anybody may read in /proc: for each
 * connection the listener starts a process of root's, and that one another, `[net]`, which talks with whoever has not signed in
 * yet (sshd.c, sshd-session.c and monitor.c of OpenSSH 5 to 10). In doubt a connection is signed in.
 */
import { existsSync, readdirSync } from 'node:fs'
import { createProcFiles } from '../enrich/proc-files.ts'

/** One connection that a listener has accepted. */
export interface SshdSession {
  /** Clock ticks (1/100 s) between boot and the start of its process, which is just after the connection was accepted. */
  startTicks: number
  isSignedIn: boolean
}

export type SshdSessions =
  | { kind: 'listener'; sessions: SshdSession[] }
  /** The process is that of one connection. */
  | { kind: 'session'; isSignedIn: boolean }

/** Of a process that holds a connection or its listener; undefined: it is no OpenSSH, or /proc does not tell. */
export type SessionsOf = (pid: number) => SshdSessions | undefined

type Role = 'listener' | 'unknown peer' | 'session' | 'other'

interface Started {
  pid: number
  startTicks: number
}

/** More are not looked through every few seconds: about 10 µs each. */
const MAX_PROCESSES = 10_000
const NAMES = new Set(['sshd', 'sshd-session', 'sshd-auth'])
const NOT_SIGNED_IN = /\[(?:net|accepted|rexeced|preauth)\]$/

/** Each call begins another look; what it returns reads /proc when it is asked first. */
export const createSshdLook = (root = '/proc'): (() => SessionsOf) => {
  const files = createProcFiles(root)
  const roleOf = (pid: number): Role => sshdRole(files.argv(pid))

  /** Processes by who started them; undefined where not all can be seen. */
  const readChildren = (): Map<number, Started[]> | undefined => {
    const pids = readdirSync(root).filter((name) => /^\d+$/.test(name))
    if (pids.length > MAX_PROCESSES) return undefined
    const children = new Map<number, Started[]>()
    for (const pid of pids.map(Number)) {
      const stat = files.stat(pid)
      if (stat === undefined && existsSync(`${root}/${pid}`)) return undefined
      if (stat === undefined || stat.state === 'Z') continue
      const siblings = children.get(stat.parent) ?? []
      siblings.push({ pid, startTicks: stat.startTicks })
      children.set(stat.parent, siblings)
    }
    return children
  }

  return () => {
    let children: { now: Map<number, Started[]> | undefined } | undefined

    const isSignedIn = (pid: number, all: Map<number, Started[]>): boolean => {
      const role = roleOf(pid)
      // A child of the listener that has just begun still has its title.
      if (role === 'unknown peer' || role === 'listener') return false
      return !(all.get(pid) ?? []).some((child) => roleOf(child.pid) === 'unknown peer')
    }
    /** The process that the listener started for the connection. */
    const firstOf = (pid: number): number => {
      const parent = files.stat(pid)?.parent ?? 0
      const role = roleOf(parent)
      return role === 'session' || role === 'unknown peer' ? firstOf(parent) : pid
    }

    return (pid) => {
      const role = roleOf(pid)
      if (role === 'other') return undefined
      children ??= { now: readChildren() }
      const all = children.now
      if (!all) return undefined
      if (role !== 'listener') return { kind: 'session', isSignedIn: isSignedIn(firstOf(pid), all) }
      const sessions = (all.get(pid) ?? []).map((one) => ({
        startTicks: one.startTicks,
        isSignedIn: isSignedIn(one.pid, all),
      }))
      return { kind: 'listener', sessions }
    }
  }
}

/** Of a title (`sshd: ann [priv]`), or of a command line where there is none yet: with -R it is about to begin a connection. */
const sshdRole = (argv: readonly string[]): Role => {
  const [, name = '', colon] = /^(?:\S*\/)?([^\s/:]+)(:?)(?:\s|$)/.exec(argv[0] ?? '') ?? []
  if (!NAMES.has(name)) return 'other'
  if (name === 'sshd-auth') return 'unknown peer'
  const text = argv.join(' ').trimEnd()
  if (colon !== ':') {
    if (argv.includes('-R')) return 'unknown peer'
    return name === 'sshd' && !argv.includes('-i') ? 'listener' : 'session'
  }
  // Since 8.2; before, a listener has no title.
  if (text.includes(' [listener] ')) return 'listener'
  return NOT_SIGNED_IN.test(text) ? 'unknown peer' : 'session'
}
