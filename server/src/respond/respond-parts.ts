/** Everything about answers to alerts, wired. */
import type { RespondSection } from '@netscope/core/config/respond.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import type { Logger } from 'pino'
import type { Agent, Agents } from '../agents.ts'
import type { AlertStore } from '../alerts/alert-store.ts'
import type { Alerts } from '../alerts/alerts.ts'
import type { Audit } from '../auth/audit.ts'
import type { Captures } from '../captures/captures.ts'
import type { Commands } from '../commands.ts'
import { hostnameOf } from '../devices/device-row.ts'
import type { Devices } from '../devices/devices.ts'
import type { DesiredLists } from '../fleet/desired-lists.ts'
import type { ListSync } from '../fleet/list-sync.ts'
import type { Flows } from '../flows/flows.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import type { Notify } from '../notify/notify.ts'
import type { State } from '../state/open-state.ts'
import type { FlowStore } from '../store/flow-store.ts'
import { createActionStore } from './action-store.ts'
import type { ActionStore } from './action-store.ts'
import { createActions } from './actions.ts'
import type { Actions } from './actions.ts'
import { bringLimits } from './bring-limits.ts'
import { createCarryOut } from './carry-out.ts'
import { createDecisions } from './decisions.ts'
import type { Decisions } from './decisions.ts'
import { createEnforcement } from './enforcement.ts'
import { createExtras } from './extras.ts'
import { createHandshakeProof } from './handshake-proof.ts'
import { createOverruled } from './overruled.ts'
import { createPins } from './pins.ts'
import type { Pins } from './pins.ts'
import { createPolicies } from './policies.ts'
import type { Policies } from './policies.ts'
import type { Policy } from './policy.ts'
import { createPolicyPreview } from './policy-preview.ts'
import type { PreviewPolicy } from './policy-preview.ts'
import { createPolicyStore } from './policy-store.ts'
import { createPreviews } from './preview.ts'
import type { Previews } from './preview.ts'
import { createProtected } from './protected.ts'
import type { Protected } from './protected.ts'
import { createRespond } from './respond.ts'
import type { Respond } from './respond.ts'
import { createTellPeople } from './tell-people.ts'
import { toldAddresses } from './told-addresses.ts'

export interface RespondPartsConfig {
  respond: RespondSection
  /** Of the policies' file. */
  declared: readonly Policy[]
  /** Folder of the server. */
  storagePath: string
  /** Of the page, for links; empty: none. */
  publicUrl: string
}

export interface RespondPartsDeps {
  state: State
  audit: Audit
  alerts: Pick<Alerts, 'watch'>
  alertStore: Pick<AlertStore, 'page'>
  agents: Agents
  commands: Commands
  captures: Pick<Captures, 'open'>
  lists: Pick<DesiredLists, 'entriesOf'>
  listSync: Pick<ListSync, 'add' | 'remove' | 'health'>
  devices: Pick<Devices, 'findIp'>
  flows: Pick<Flows, 'sets'>
  history: Pick<FlowStore, 'top' | 'find'>
  outgoing: Pick<Outgoing, 'request'>
  /** Addresses that machines with an agent send from. */
  own(): Iterable<string>
  /** What a policy asks or did is told. */
  notify: Pick<Notify, 'channels' | 'tell'>
  log: Logger
}

export interface RespondParts {
  policies: Policies
  actions: Actions
  actionStore: ActionStore
  decisions: Decisions
  protected: Protected
  pins: Pins
  previews: Previews
  previewPolicy: PreviewPolicy
  respond: Respond
  /** Folder of the server. */
  storagePath: string
  /** An agent is there: it gets what is not kept by it. */
  connected(agent: Agent): void
  start(): void
  stop(): void
}

const TICK_MS = 500
const TRIM_MS = 600_000
const DAY_MS = 86_400_000
const MOST_ACTIONS = 20_000

export const createRespondParts = (
  config: RespondPartsConfig,
  deps: RespondPartsDeps,
): RespondParts => {
  const { state, agents, commands, devices, history } = deps
  const now = Date.now
  const elapsedMs = () => performance.now()
  const log = deps.log.child({ component: 'server/respond' })
  const policyStore = createPolicyStore(state)
  const actionStore = createActionStore(state)
  const fileName = config.respond.policiesFile
  const policies = createPolicies({
    ...{ store: policyStore, declared: config.declared, fileName, now, elapsedMs },
  })
  const actions = createActions({ store: actionStore, state, audit: deps.audit, now })
  const protectedOnes = createProtected(
    { management: config.respond.managementNetworks },
    { told: () => toldAddresses(agents.connected, deps.own), now },
  )
  const nameOf = (ip: string): string => {
    const device = devices.findIp(ip, '')
    return device ? device.given.name || hostnameOf(device) : ''
  }
  const previews = createPreviews({ history, nameOf, now })
  const proof = createHandshakeProof({ flows: deps.flows, history })
  const enforcement = createEnforcement({ ...deps, agents, commands })
  const tellPeople = createTellPeople({ publicUrl: config.publicUrl }, { notify: deps.notify, log })
  const extras = createExtras(
    { folder: config.storagePath },
    { ...deps, policies, actions, log, tellPeople },
  )
  /** Of blocks that are being made. */
  const insisting = new Set<string>()
  const insisted = (): string[] => {
    const inForce = [...actions.open.values()].filter((of) => of.inForce && of.do.override)
    return [...new Set([...insisting, ...inForce.map(({ target }) => target)])].toSorted()
  }
  const pins = createPins({ protected: protectedOnes, agents, commands, insisted, now })
  const carryOut = createCarryOut(config.respond, {
    ...{ actions, enforcement, pins, protected: protectedOnes, extras: extras.run },
    ...{ now, elapsedMs, log },
  })
  const decisions = createDecisions({
    ...{ actions, store: actionStore, carryOut, enforcement, previews, pins, now },
    protected: protectedOnes,
  })
  const respond = createRespond(config.respond, {
    ...{ policies, policyStore, actions, store: actionStore, carryOut, proof, previews, now, log },
    protected: protectedOnes,
    asked: extras.asked,
  })
  const previewPolicy = createPolicyPreview(config.respond, {
    ...{ alertStore: deps.alertStore, policyStore, previews, proof, nameOf, now },
    protected: protectedOnes,
  })

  const noteOverruled = createOverruled({ actions, protected: protectedOnes })
  /** Agents that are back and have not got their lists yet. */
  const returned = new Set<Agent>()
  const noteReturned = (): void => {
    for (const agent of returned) {
      if (agent.link && !deps.listSync.health(agent).inForce) continue
      returned.delete(agent)
      if (agent.link) carryOut.returned(agent.name)
    }
  }

  const tick = (): void => {
    carryOut.tick()
    noteReturned()
    respond.tick()
    pins.tell()
    noteOverruled()
  }
  const trim = (): void =>
    actionStore.trim(now() - config.respond.retainDays * DAY_MS, MOST_ACTIONS)
  let unwatch = (): void => undefined
  let timers: NodeJS.Timeout[] = []

  return {
    ...{
      policies,
      actions,
      actionStore,
      protected: protectedOnes,
      pins,
      previews,
      previewPolicy,
      respond,
    },
    decisions: {
      ...decisions,
      async block(wanted, actor) {
        if (!wanted.override) return decisions.block(wanted, actor)
        const { text } = parsePrefix(wanted.ip)
        insisting.add(text)
        pins.tell()
        return decisions.block(wanted, actor).finally(() => insisting.delete(text))
      },
    },
    storagePath: config.storagePath,
    connected(agent) {
      pins.tell(agent)
      returned.add(agent)
      bringLimits(agent, { commands, enforcement, open: () => actions.open.values() }).catch(
        (err: unknown) => {
          // Who has gone gets them when it is back.
          if (err instanceof NetscopeError && err.code === 'agent.away') return
          log.warn({ err, agent: agent.name }, 'limits are not as they should be')
        },
      )
    },
    start() {
      policies.load()
      const brokenOff = actions.load()
      carryOut.resume([...actions.open.values()], brokenOff)
      respond.load()
      protectedOnes.start()
      trim()
      unwatch = deps.alerts.watch(respond.take)
      timers = [setInterval(tick, TICK_MS), setInterval(trim, TRIM_MS)]
    },
    stop() {
      unwatch()
      timers.forEach(clearInterval)
      protectedOnes.stop()
      carryOut.stop()
    },
  }
}
