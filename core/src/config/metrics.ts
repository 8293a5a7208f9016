/** Section `metrics`: what /metrics says of single connections. */
import { boolean, integer, section, text, type SectionValue } from './key.ts'

export const metricsSection = section(
  'Metrics: those of single TCP connections in `/metrics`, and where stored ones are asked for.',
  {
    open: boolean({
      default: false,
      description:
        'Everybody who reaches the server may read `/metrics`; otherwise a scraper needs a token (`netscope token ' +
        'create --scope metrics`). They name addresses and, with single connections, who talks with whom.',
    }),
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
    prometheusUrl: text({
      default: '',
      alias: 'PROMETHEUS_URL',
      maxLength: 2000,
      description:
        'Prometheus, or what speaks like it, that `/api/v1/metrics/query` and `/query_range` ask; empty: none.',
      allowed: 'an http or https URL such as http://127.0.0.1:9090, or empty',
    }),
  },
)

export type MetricsSection = SectionValue<typeof metricsSection>

export const metricsChecks = {
  prometheusUrl: (url: string): string | undefined =>
    url === '' || (/^https?:\/\//.test(url) && URL.canParse(url))
      ? undefined
      : 'Write http://HOST:PORT, with a path if it is below one.',
}
