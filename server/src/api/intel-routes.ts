/** Threat intelligence: what is known of an address, and how the providers are. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import { reaches } from '../auth/principal.ts'
import type { Asker } from '../intel/asker.ts'
import type { Intel } from '../intel/intel.ts'
import type { LookUpReport, SourceReport } from '../intel/look-ups.ts'
import type { App } from './app-types.ts'
import { lookUpSchema, providerSchema } from './intel-schema.ts'
import { operation, STRICT } from './operation.ts'

const LOOK_UP = operation({
  operationId: 'lookUpThreat',
  tags: ['intel'],
  summary: 'What feeds and providers know of an address, as one risk with its arithmetic.',
  description:
    'Whoever is an operator has the providers asked whose answer is not fresh, which spends their quota; others get what is known. `live=false` asks nobody, `live=true` is refused to who may not. Private, reserved and own addresses are refused: nobody is ever told of them.',
  params: Type.Object({ ip: Type.String({ maxLength: 64 }) }),
  querystring: Type.Object({ live: Type.Optional(Type.Boolean()) }, STRICT),
  response: { 200: lookUpSchema },
})
const PROVIDERS = operation({
  operationId: 'listIntelProviders',
  tags: ['intel'],
  summary: 'The providers: whether they are asked, what is left of their quota, how they answer.',
  response: { 200: Type.Object({ providers: Type.Array(providerSchema) }) },
})

export interface IntelRouteDeps {
  intel: Pick<Intel, 'lookUps' | 'askers' | 'feeds' | 'blocks'>
}

const VIEWER_NOTE = 'Providers were not asked: that spends their quota and takes an operator.'
const ASKED_NOT = 'Providers were not asked, as live=false says.'

export const addIntelRoutes = (app: App, { intel }: IntelRouteDeps): void => {
  app.get('/api/v1/threat-intel/lookup/:ip', { schema: LOOK_UP }, async (request) => {
    const { params, query, principal } = request
    const mayAsk = reaches(principal.role, 'operator')
    if (query.live === true && !mayAsk) throw new NetscopeError('intel.needs-operator')
    const live = query.live ?? mayAsk
    const report = await intel.lookUps.lookUp(params.ip, live ? 'everybody' : 'nobody')
    const note = live ? '' : mayAsk ? ASKED_NOT : VIEWER_NOTE
    return { ...shownReport(report), live, note }
  })

  app.get('/api/v1/threat-intel/providers', { schema: PROVIDERS }, async () => ({
    providers: intel.askers.map(shownProvider),
  }))
}

const isoOf = (ms: number): string | null => (ms === 0 ? null : new Date(ms).toISOString())

const shownSource = ({ counted, atMs, untilMs, ...of }: SourceReport) => ({
  ...of,
  weight: counted?.weight ?? null,
  probability: counted?.probability ?? null,
  trust: counted?.trust ?? null,
  decay: counted?.decay ?? null,
  ageSeconds: counted ? Math.round(counted.ageMs / 1000) : null,
  at: isoOf(atMs),
  freshUntil: isoOf(untilMs),
})

const shownReport = ({ risk, sources, ...of }: LookUpReport) => ({
  ...of,
  risk: risk ?? null,
  sources: sources.map(shownSource),
})

/** Of an address that any provider takes: what keeps it from being asked at all. */
const ANY = '1.1.1.1'

const shownProvider = (asker: Asker) => {
  const { provider, weight, baseUrl, off } = asker.used
  const { untilMs, ...circuit } = asker.circuit()
  return {
    ...{ name: provider.name, title: provider.title, enabled: off === '', weight },
    ...{ note: asker.obstacle(ANY) ?? '', ipv6: provider.ipv6, host: new URL(baseUrl).host },
    quota: asker.quota().map(({ resetsMs, ...of }) => ({
      ...of,
      resetsAt: new Date(resetsMs).toISOString(),
    })),
    circuit: { ...circuit, until: isoOf(untilMs) },
  }
}
