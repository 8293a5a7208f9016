/** The text of /metrics, in a registry of its own. */
import { Registry } from 'prom-client'
import type { Agents } from '../agents.ts'
import { agentFamilies } from './agent-families.ts'
import { register } from './family.ts'
import { serverFamilies } from './server-families.ts'
import type { ServerFamilyDeps } from './server-families.ts'
import { trafficFamilies } from './traffic-families.ts'

export interface Metrics {
  /** Prometheus text format 0.0.4. */
  scrape(): Promise<{ contentType: string; text: string }>
}

export const createMetrics = (deps: ServerFamilyDeps & { agents: Agents }): Metrics => {
  const registry = new Registry()
  const { agents } = deps
  for (const family of [
    ...trafficFamilies(agents),
    ...agentFamilies(agents),
    ...serverFamilies(deps),
  ]) {
    register(registry, family)
  }
  return {
    scrape: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}
