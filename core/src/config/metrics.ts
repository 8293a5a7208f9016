/** Section `metrics`: what /metrics says of single connections. */
import { boolean, integer, section, type SectionValue } from './key.ts'

export const metricsSection = section('The metrics of single TCP connections in `/metrics`.', {
  seriesBudget: integer({
    default: 2000,
    minimum: 1,
    maximum: 100000,
    description:
      'Series of each metric `network_observability_tcp_*` per agent at most. The heaviest connections have one of ' +
      'their own, all others share one whose labels are `other`, so that the sum is right.',
  }),
  foldClientPorts: boolean({
    default: true,
    description:
      'Connections of a client to the same address and port share a series, whose `src_port` is empty.',
  }),
  kubernetesLabels: boolean({
    default: false,
    description:
      'Adds the labels of pod, namespace and service of both sides; empty until there is enrichment from Kubernetes.',
  }),
})

export type MetricsSection = SectionValue<typeof metricsSection>
