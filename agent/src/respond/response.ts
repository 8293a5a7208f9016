/** What the agent does about attacks besides the lists, put together: limits, pins, terminations, verifications. */
import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import type { Lifelines, Status } from '@netscope/core/status.ts'
import type { ProcessInfo } from '@netscope/core/process.ts'
import type { Source } from '../source.ts'
import type { Place } from '../uplink/membership.ts'
import { countForwarded } from './forwarded-connections.ts'
import { readLifelines } from './lifelines.ts'
import { createLimits } from './limits.ts'
import { createPins } from './pins.ts'
import { createResponseCommands, type Executors } from './response-commands.ts'
import { createServerAddresses } from './server-addresses.ts'
import { createSshPeers } from './ssh-peers.ts'
import { createSshdLook } from './sshd-sessions.ts'
import { createTermination } from './termination.ts'
import { createVerifications } from './verification.ts'

/** Every so many ticks. */
const LIFELINES_EVERY = 5
const RESOLVE_EVERY = 60

export interface ResponseConfig {
  /** Beginning of the names of its files. */
  path: string
  /** Never ended. */
  sshPorts: readonly number[]
  /** Who is signed in there is an operator. */
  operatorPorts: readonly number[]
  ownPort: number
}

export interface ResponseDeps {
  source: Source
  place: Place
  /** Who owns the socket with this cookie, or its listener; undefined while that is not known. */
  socketOwner(low: number, high: number): ProcessInfo | undefined
  now(): number
  log: { warn(fields: object, message: string): void }
}

export interface Response {
  readonly commands: Executors
  /** Puts in force what was before. Call before packets are judged. */
  load(): void
  /** Call once a second, after the source's start. */
  tick(): void
  /** What the server's name means, before it is connected to: pinned when it returns. */
  serverAt(addresses: readonly string[]): void
  /** Prefixes whose deny entries have just come into force. */
  denied(prefixes: readonly string[]): void
  /** The slot's flow is over. */
  forget(slot: number): void
  status(): Pick<Status, 'limits' | 'lifelines'>
  degraded(): string[]
}

/** Nothing where the source judges nothing. */
export const createResponse = (
  { path, sshPorts, operatorPorts, ownPort }: ResponseConfig,
  { source, place, socketOwner, now, log }: ResponseDeps,
): Response => {
  const { response: table, socketEnder: ender } = source
  if (!table) return NOTHING
  const limits = createLimits({ path: `${path}.limits.json` }, { table, now, log })
  const pins = createPins({ path: `${path}.pins.json` }, { table, log })
  const verifications = createVerifications({
    ...{ table: source.table, now, nowNs: source.nowNs, overflow: source.overflow },
    pinned: pins.within,
  })
  const termination = createTermination({
    ...{ ender, response: table, sshPorts, ownPort, now, isPinned: pins.holds },
    forwarded: (what) => countForwarded(source.table, what),
  })
  const servers = createServerAddresses(
    { path: `${path}.server.json` },
    { place, resolve: resolveName, log },
  )
  const sshPeers =
    ender &&
    createSshPeers({
      peersAt: ender.peersAt,
      ownerOf: ({ cookie: [low, high] }) => {
        const owner = socketOwner(low, high)
        // Of processes whose /proc we see their start is known.
        return owner?.startMs === undefined ? undefined : owner.pid
      },
      sessions: createSshdLook(),
      uptimeTicks,
    })
  let lifelines: Omit<Lifelines, 'pinned'> | undefined
  let ticks = 0

  /** Without sockets there is no machine to cut off. */
  const look = (): void => {
    if (!sshPeers) return
    lifelines = readLifelines({
      ...{ sshPeers: () => sshPeers(operatorPorts), ownAddresses, servers: servers.now },
      readText: (file) => readFileSync(file, 'utf8'),
    })
    const { sshUnsure = [], own, gateways, dnsServers } = lifelines
    pins.setOwn({
      always: [...own, ...gateways],
      others: [...lifelines.sshPeers, ...sshUnsure, ...dnsServers, ...lifelines.servers],
    })
  }

  return {
    commands: createResponseCommands({ limits, pins, verifications, termination }),
    load: () => {
      pins.load()
      servers.load()
      limits.load()
      look()
    },
    tick: () => {
      if (ticks % RESOLVE_EVERY === 0) void servers.refresh()
      if (ticks % LIFELINES_EVERY === 0) look()
      ticks++
      limits.tick()
      termination.tick()
    },
    serverAt: (addresses) => {
      if (servers.learn(addresses)) look()
    },
    denied: verifications.begin,
    forget: verifications.forget,
    status: () => {
      const drops = limits.drops(source.hookCounters())
      return {
        limits: { ...limits.sizes(), ...drops },
        ...(lifelines && { lifelines: { ...lifelines, pinned: pins.named() } }),
      }
    },
    degraded: () => [...limits.degraded(), ...pins.degraded()],
  }
}

const resolveName = async (name: string): Promise<string[]> =>
  (await lookup(name, { all: true })).map(({ address }) => address)

const NOTHING: Response = {
  commands: {},
  load: () => undefined,
  tick: () => undefined,
  serverAt: () => undefined,
  denied: () => undefined,
  forget: () => undefined,
  status: () => ({}),
  degraded: () => [],
}

const uptimeTicks = (): number => {
  try {
    return 100 * Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0])
  } catch {
    return NaN
  }
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  )
