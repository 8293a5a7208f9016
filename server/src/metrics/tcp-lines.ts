/**
 * The metrics `network_observability_*` as lines of text. With thousands of series prom-client's own way, an object of
 * labels for each, takes many times as long (bench/metrics). No label needs escaping: names of agents (letters,
 * digits, dots, hyphens, underscores), addresses and port numbers.
 */
import type { ConnectionGroup } from '../tcp/connection-group.ts'
import type { TcpBook } from '../tcp/tcp-book.ts'
import type { TcpBooks } from '../tcp/tcp-books.ts'

/** In the order of AMOUNTS. */
const COUNTERS = [
  ['tcp_bytes_sent_total', 'Payload bytes that the sockets of this host have sent.'],
  ['tcp_bytes_recv_total', 'Payload bytes that the sockets of this host have received.'],
  ['tcp_retransmissions_total', 'TCP segments that the sockets of this host have sent again.'],
  ['tcp_rtt_samples_total', 'Round trips that the sockets of this host have measured.'],
  ['tcp_drops_total', 'Packets that the kernel has dropped, not by our lists.'],
] as const
const DROPS = 4
const PREFIX = 'network_observability_'

/** Empty until there is enrichment from Kubernetes. */
const KUBERNETES = ['src_pod', 'src_namespace', 'src_svc', 'dst_pod', 'dst_namespace', 'dst_svc']

const head = (name: string, type: 'counter' | 'gauge', help: string): string =>
  `# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${type}\n`

/** Text in the format of Prometheus, 0.0.4; ends with a new line. */
export const tcpLines = (books: TcpBooks, kubernetesLabels: boolean): string => {
  const nodes = [...books.all].filter(([, { totals }]) => totals !== undefined)
  const kubernetes = (value: string): string =>
    kubernetesLabels ? KUBERNETES.map((name) => `,${name}="${value}"`).join('') : ''
  const [none, others] = [kubernetes(''), kubernetes('other')]

  const series = (node: string, { src, dst, srcPort, dstPort }: ConnectionGroup): string =>
    `{node="${node}",src_ip="${src}",dst_ip="${dst}",src_port="${srcPort}",dst_port="${dstPort}"${none}} `
  const rest = (node: string): string =>
    `{node="${node}",src_ip="other",dst_ip="other",src_port="other",dst_port="other"${others}} `

  const texts = nodes.map(([node, book]) => ({
    book,
    other: rest(node),
    groups: [...book.labelled].map((group) => ({ group, labels: series(node, group) })),
  }))

  let text = ''
  for (const [index, [name, help]] of COUNTERS.entries()) {
    text += head(name, 'counter', help)
    for (const { book, other, groups } of texts) {
      if (index === DROPS && book.totals?.drops === undefined) continue
      for (const { group, labels } of groups)
        text += `${PREFIX}${name}${labels}${group.shown[index]}\n`
      text += `${PREFIX}${name}${other}${book.other[index]}\n`
    }
  }
  text += head(
    'tcp_rtt_avg_nanoseconds',
    'gauge',
    'Mean of the smoothed round trip times of the live connections.',
  )
  for (const { groups } of texts) {
    for (const { group, labels } of groups) {
      if (group.rtts > 0)
        text += `${PREFIX}tcp_rtt_avg_nanoseconds${labels}${Math.round((group.rttSumUs * 1000) / group.rtts)}\n`
    }
  }
  return text + eventLines(nodes)
}

/** Without labels of connections: one series per node. */
const eventLines = (nodes: readonly (readonly [string, TcpBook])[]): string => {
  let text = head(
    'events_retrans_total',
    'counter',
    'Times that TCP has sent segments again; each may be many segments.',
  )
  for (const [node, { totals }] of nodes)
    text += `${PREFIX}events_retrans_total{node="${node}"} ${totals?.retransmitEvents}\n`
  text += head('events_drops_total', 'counter', 'Packets that the kernel has dropped, as traced.')
  for (const [node, { totals }] of nodes) {
    if (totals?.drops !== undefined)
      text += `${PREFIX}events_drops_total{node="${node}"} ${totals.drops}\n`
  }
  return text
}
