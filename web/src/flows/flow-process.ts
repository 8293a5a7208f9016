/** Which program a side of a flow belongs to, and in what it runs. */
import type { Flow } from '@netscope/core/flow.ts'
import { formatDateTime } from '../format/time.ts'
import { SIDES, type Side } from './flow-health.ts'

export interface SideProcess {
  side: Side
  command: string
  pid: number
  user: string
  commandLine: string
  /** `docker:4f1c09d2ab77` */
  container: string
  unit: string
  /** ISO 8601; empty unknown. */
  started: string
}

export const SIDE_WORDS: Readonly<Record<Side, string>> = { src: 'Client', dst: 'Server' }

/** The owner of that side's socket; undefined when it is not known. */
export const processOf = (flow: Flow, side: Side): SideProcess | undefined => {
  const command = flow[`${side}Process`]
  const pid = flow[`${side}Pid`]
  if (!command && !pid) return undefined
  return {
    side,
    command: command || `pid ${pid}`,
    pid,
    user: flow[`${side}User`],
    commandLine: flow[`${side}CommandLine`],
    container: flow[`${side}Container`],
    unit: flow[`${side}Unit`],
    started: flow[`${side}ProcessStarted`],
  }
}

export const processesOf = (flow: Flow): SideProcess[] =>
  SIDES.flatMap((side) => processOf(flow, side) ?? [])

/** The container, or else the unit without what every service has. */
export const homeOf = ({ container, unit }: SideProcess): string =>
  container || unit.replace(/\.service$/, '')

/** All of it in one line, for a tooltip. */
export const describeProcess = (process: SideProcess): string => {
  const { side, command, pid, user, commandLine, container, unit, started } = process
  const parts = [
    `${SIDE_WORDS[side]}: ${command}`,
    pid ? `pid ${pid}` : '',
    user ? `user ${user}` : '',
    container,
    unit,
    started ? `since ${formatDateTime(Date.parse(started)).slice(0, 19)}` : '',
  ]
  const line = parts.filter(Boolean).join(' · ')
  return commandLine ? `${line}\n${commandLine}` : line
}
