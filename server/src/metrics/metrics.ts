/** The text of /metrics, in a registry of its own. */
import { Registry } from 'prom-client'
import type { Agents } from '../agents.ts'
import { agentFamilies } from './agent-families.ts'
import { alertFamilies } from './alert-families.ts'
import type { AlertFamilyDeps } from './alert-families.ts'
import { register } from './family.ts'
import { exportFamilies } from './export-families.ts'
import type { ExportFamilyDeps } from './export-families.ts'
import { notifyFamilies } from './notify-families.ts'
import type { NotifyFamilyDeps } from './notify-families.ts'
import { respondFamilies } from './respond-families.ts'
import type { RespondFamilyDeps } from './respond-families.ts'
import { serverFamilies } from './server-families.ts'
import type { ServerFamilyDeps } from './server-families.ts'
import { createTcpLines } from './tcp-lines.ts'
import { trafficFamilies } from './traffic-families.ts'
import type { TcpBooks } from '../tcp/tcp-books.ts'

export interface Metrics {
  /** Prometheus text format 0.0.4. */
  scrape(): Promise<{ contentType: string; body: Buffer }>
}

export interface MetricsConfig {
  kubernetesLabels: boolean
}

export const createMetrics = (
  { kubernetesLabels }: MetricsConfig,
  deps: ServerFamilyDeps &
    AlertFamilyDeps &
    NotifyFamilyDeps &
    ExportFamilyDeps & { response: RespondFamilyDeps; agents: Agents; tcp: TcpBooks },
): Metrics => {
  const registry = new Registry()
  const { agents, tcp } = deps
  for (const family of [
    ...trafficFamilies(agents),
    ...agentFamilies(agents),
    ...serverFamilies(deps),
    ...alertFamilies(deps),
    ...notifyFamilies(deps),
    ...exportFamilies(deps),
    ...respondFamilies(deps.response),
  ]) {
    register(registry, family)
  }
  const tcpLines = createTcpLines(tcp, kubernetesLabels)
  return {
    scrape: async () => {
      const plain = Buffer.from(`${await registry.metrics()}
`)
      return { contentType: registry.contentType, body: Buffer.concat([plain, tcpLines()]) }
    },
  }
}
