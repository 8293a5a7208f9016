/** The agent, put together: source, lists, flow engine, events and uplink, started in the order that counts. */
import type { AgentConfig } from '@netscope/core/config/sections.ts'
import type { Diagnosis } from '@netscope/core/diagnosis.ts'
import type { Status } from '@netscope/core/status.ts'
import { UPLINK_PROTOCOL, type ListsRevision } from '@netscope/core/wire.ts'
import { createCaptureRing } from './capture/capture-ring.ts'
import { createCaptures } from './capture/captures.ts'
import { createCommands } from './commands.ts'
import type { Processes } from './enrich/processes.ts'
import { createEventPump } from './event-pump.ts'
import { createFlowEngine } from './flows/flow-engine.ts'
import { createDesiredLists } from './lists/desired-lists.ts'
import { createLists } from './lists/lists.ts'
import { createObservationOutbox } from './observe/observation-outbox.ts'
import { createObservationPump } from './observe/observation-pump.ts'
import { createResponse } from './respond/response.ts'
import type { Source } from './source.ts'
import { idsOf } from './uplink/batch-names.ts'
import type { Membership } from './uplink/membership.ts'
import { createUplink } from './uplink/uplink.ts'

export interface AgentLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface AgentDeps {
  /** Not started yet. */
  source: Source
  hostname: string
  version: string
  now(): number
  processes: Processes
  /** TCP port of our own page on lo. */
  ownPort: number
  /** TCP ports that are never dropped. */
  sshPorts: readonly number[]
  /** TCP ports where who is signed in is an operator. */
  operatorPorts: readonly number[]
  /** What works here and what does not, until `signal`; must not reject. undefined: nothing to be said. */
  diagnose(signal: AbortSignal): Promise<Diagnosis | undefined>
  /** Process that holds a socket that is older than the agent. */
  pidOfInode(inode: number): number | undefined
  /** Which server it belongs to. */
  membership: Membership
  log: AgentLog
}

export interface Agent {
  /** Lists are in force before the source judges its first packet; the server may come later. */
  start(): Promise<void>
  /** Ends all flows, hands their records on, detaches. */
  stop(): Promise<void>
}

const TICK_MS = 1000
/** Also when a tick takes longer than its second: slots are given back a tick after their key has gone. */
const MIN_PAUSE_MS = 100
/** Two periods of a busy resolver (agent/src/names/dns-summaries.ts). */
const MAX_DNS_WAITING = 512

/** The parts of the configuration that the agent itself reads. */
export type AgentParts = Pick<
  AgentConfig,
  'agent' | 'flows' | 'events' | 'observe' | 'persistence'
> & { uplink: Pick<AgentConfig['uplink'], 'spoolPath' | 'spoolMaxBytes'> }

export const createAgent = (config: AgentParts, deps: AgentDeps): Agent => {
  const { source, now, log, sshPorts, operatorPorts, ownPort } = deps
  const path = config.persistence.path.replace(/\.json$/, '')
  const lists = createLists(config.persistence, { table: source.lists, now, log })
  const desired = createDesiredLists({ path: `${path}.state` }, { lists, log })
  const response = createResponse(
    { path, sshPorts, operatorPorts, ownPort },
    {
      ...{ source, place: deps.membership.place, now, log },
      socketOwner: (low, high) => engine?.socketOwner(low, high),
    },
  )
  const startedAtMs = now()
  let engine: ReturnType<typeof createFlowEngine> | undefined
  let timer: NodeJS.Timeout | undefined
  let ticking: Promise<void> | undefined
  let tickProblem = ''
  let stopping = false
  let diagnosis: Diagnosis | undefined
  const leaving = new AbortController()

  /** As `netscope doctor`, once everything of ours is attached. */
  const diagnose = async (): Promise<void> => {
    diagnosis = await deps.diagnose(leaving.signal)
    if (diagnosis) uplink.sendDiagnosis(diagnosis)
  }

  const { spoolPath, spoolMaxBytes } = config.uplink
  const spool = { path: spoolPath, maxBytes: spoolMaxBytes }
  const uplink = createUplink(
    { spool },
    {
      membership: deps.membership,
      hello: () => ({
        protocol: UPLINK_PROTOCOL,
        agent: deps.membership.name() ?? config.agent.name,
        hostname: deps.hostname,
        version: deps.version,
        source: source.name,
        flowCapacity: source.table.capacity,
        startedAtMs,
        ...listsOf(desired.state()),
      }),
      entriesOf: (ids) => engine?.dictionary.entriesOf(ids) ?? { texts: [], processes: [] },
      interfaceName: (ifindex) => source.interfaces().find((one) => one.ifindex === ifindex)?.name,
      wallOffsetMs: () => source.wallOffsetMs(),
      now,
      onCommand: (command) => commands(command),
      onConnected: () => {
        uplink.sendDictionary(engine?.dictionary.all() ?? [])
        if (diagnosis) uplink.sendDiagnosis(diagnosis)
        engine?.republish()
      },
      onDisconnected: () => {
        pump.watch(false)
        captures.abandon()
      },
      onResolved: response.serverAt,
      log,
    },
  )
  const pump = createEventPump(config.events, { events: source.events, send: uplink.sendEvents })
  const observed = createObservationPump(config.observe, {
    ring: source.observations,
    take: (record) => engine?.observe(record),
  })
  const outbox = createObservationOutbox({}, { send: uplink.sendObservations })
  // By themselves: while the server is away the questions of DNS must not push out what hosts said.
  const dnsOutbox = createObservationOutbox(
    { maxWaiting: MAX_DNS_WAITING },
    { send: uplink.sendObservations },
  )
  const ring = createCaptureRing(
    {
      bytes: config.agent.captureRingMegabytes * 2 ** 20,
      snapLength: config.agent.captureRingSnapLength,
      ownPort,
    },
    { source, log },
  )
  const captures = createCaptures({
    ...{ ring, agent: config.agent.name, version: deps.version, source, ownPort, log },
    owners: (slot) => engine?.owners(slot) ?? [undefined, undefined],
    send: uplink.sendCapture,
    isReady: uplink.isReady,
  })
  const commands = createCommands({
    lists,
    desired,
    denied: response.denied,
    more: response.commands,
    watch: pump.watch,
    captures,
    flush: async () => (await engine?.flush()) ?? 0,
    forget: (ids) => engine?.dictionary.forget(ids),
    replaceCredential: deps.membership.replace,
    log,
  })

  const report = (): void => {
    const status = engine?.status(now())
    if (!status) return
    Object.assign(status, response.status())
    const kept = ring.status()
    if (kept) status.captureRing = kept
    status.events.lost += pump.lost()
    status.observations.lost += outbox.lost() + dnsOutbox.lost()
    uplink.sendStatus(status)
  }

  const tick = async (): Promise<void> => {
    try {
      observed.drain()
      const startNs = source.nowNs()
      await engine?.tick()
      response.tick()
      captures.known(startNs)
      outbox.flush()
      dnsOutbox.flush()
      tickProblem = ''
      report()
    } catch (error) {
      // Packets are judged and counted on without us; the next tick may do better.
      if (tickProblem === '') log.error({ err: error }, 'reading the flow table failed')
      tickProblem = `Reading the flow table failed: ${String((error as Error).message)}`
    }
  }

  const run = (): void => {
    const dueMs = performance.now() + TICK_MS
    ticking = tick().then(() => {
      if (!stopping) timer = setTimeout(run, Math.max(MIN_PAUSE_MS, dueMs - performance.now()))
    })
  }

  return {
    start: async () => {
      deps.processes.start()
      lists.load()
      // What must stay reachable comes before what must not.
      response.load()
      lists.apply()
      const sizes = lists.sizes()
      log.info({ deny: sizes.deny.entries, allow: sizes.allow.entries }, 'lists are in force')
      for (const reason of lists.degraded()) log.warn({ reason }, 'the lists are damaged')
      observed.start()
      await source.start()
      ring.start()
      await lists.start()
      if (stopping) return
      engine = createFlowEngine(
        {
          flows: config.flows,
          ipWindowMaxAddresses: config.agent.ipWindowMaxAddresses,
          hopAddresses: config.observe.hopAddresses,
        },
        {
          source,
          onRecords: (records, count) => {
            const used = () => idsOf(records, count)
            uplink.sendDictionary(engine?.dictionary.takeNew(used) ?? [])
            return uplink.sendFlows(records, count)
          },
          onObservation: (one) => (one.kind === 'dns' ? dnsOutbox : outbox).add(one),
          processes: deps.processes,
          pidOfInode: deps.pidOfInode,
          eventsWatched: pump.watched,
          onForget: response.forget,
          lists: lists.sizes,
          uplink: uplink.counts,
          programs: () => (hasPrograms(source) ? source.programs() : []),
          degraded: () => [
            ...lists.degraded(),
            ...response.degraded(),
            ...(ring.problem === '' ? [] : [`There is no capture ring: ${ring.problem}.`]),
            ...(tickProblem === '' ? [] : [tickProblem]),
            ...uplink.counts().degraded,
            ...(observed.failed() === 0
              ? []
              : [`${observed.failed()} observed frames could not be read: please report this.`]),
          ],
        },
      )
      uplink.start()
      run()
      void diagnose()
      const attached = source.interfaces().filter((one) => one.attached)
      log.info({ source: source.name, interfaces: attached.map(({ name }) => name) }, 'counting')
    },
    stop: async () => {
      stopping = true
      leaving.abort()
      clearTimeout(timer)
      pump.watch(false)
      await ticking
      try {
        observed.stop()
        captures.finish()
        await engine?.flush().catch((err: unknown) => log.error({ err }, 'ending the flows failed'))
        await uplink.stop()
        await lists.stop()
      } finally {
        // Whatever fails, a disk for instance, must not keep us from detaching.
        ring.stop()
        await source.stop()
      }
    },
  }
}

const listsOf = (lists: ListsRevision | undefined) => (lists ? { lists } : {})

/** Only the kernel measures how long its programs run. */
interface WithPrograms extends Source {
  programs(): Status['programs']
}
const hasPrograms = (source: Source): source is WithPrograms => 'programs' in source
