/**
 * The metrics `network_observability_*` in the format of Prometheus. With thousands of series prom-client's own way, an
 * object of labels for each, takes many times as long (bench/metrics). No label needs escaping: names of agents (letters,
 * digits, dots, hyphens, underscores), addresses and port numbers.
 */
import type { ConnectionGroup } from '../tcp/connection-group.ts'
import type { TcpBook } from '../tcp/tcp-book.ts'
import type { TcpBooks } from '../tcp/tcp-books.ts'
import { createLineWriter } from './line-writer.ts'
import type { LineWriter } from './line-writer.ts'

/** In the order of AMOUNTS. */
const COUNTERS = [
  ['tcp_bytes_sent_total', 'Payload bytes that the sockets of this host have sent.'],
  ['tcp_bytes_recv_total', 'Payload bytes that the sockets of this host have received.'],
  ['tcp_retransmissions_total', 'TCP segments that the sockets of this host have sent again.'],
  ['tcp_rtt_samples_total', 'Round trips that the sockets of this host have measured.'],
  ['tcp_drops_total', 'Packets that the kernel has dropped, not by our lists.'],
] as const
const DROPS = 4
const METRICS = COUNTERS.length + 1
const RTT = 'tcp_rtt_avg_nanoseconds'
const PREFIX = 'network_observability_'
/** Of a line without its labels: the longest name and number. */
const LINE_BYTES = 70

/** Empty until there is enrichment from Kubernetes. */
const KUBERNETES = ['src_pod', 'src_namespace', 'src_svc', 'dst_pod', 'dst_namespace', 'dst_svc']

interface Node {
  node: string
  book: TcpBook
  groups: ConnectionGroup[]
  /** Labels of each of `groups`, then of `other`. */
  labels: Uint8Array[]
}

/** Text in the format 0.0.4; labels of a connection are made once. */
export const createTcpLines = (books: TcpBooks, kubernetesLabels: boolean): (() => Buffer) => {
  const known = new WeakMap<ConnectionGroup, Uint8Array>()
  const others = new Map<string, Uint8Array>()
  const kubernetes = (value: string): string =>
    kubernetesLabels ? KUBERNETES.map((name) => `,${name}="${value}"`).join('') : ''

  const labelsOf = (node: string, group: ConnectionGroup): Uint8Array => {
    const before = known.get(group)
    if (before) return before
    const { src, dst, srcPort, dstPort } = group
    const made = Buffer.from(
      `{node="${node}",src_ip="${src}",dst_ip="${dst}",src_port="${srcPort}",dst_port="${dstPort}"${kubernetes('')}} `,
    )
    known.set(group, made)
    return made
  }
  const labelsOfOther = (node: string): Uint8Array => {
    const other = 'other'
    const made =
      others.get(node) ??
      Buffer.from(
        `{node="${node}",src_ip="${other}",dst_ip="${other}",src_port="${other}",dst_port="${other}"${kubernetes(other)}} `,
      )
    others.set(node, made)
    return made
  }

  const nodes = (): Node[] =>
    [...books.all].flatMap(([node, book]) => {
      if (book.totals === undefined) return []
      const groups = [...book.labelled]
      const labels = groups.map((group) => labelsOf(node, group))
      return [{ node, book, groups, labels: [...labels, labelsOfOther(node)] }]
    })

  return () => {
    const all = nodes()
    const writer = createLineWriter(sizeOf(all))
    for (const [index, [name, help]] of COUNTERS.entries()) {
      const bytes = head(writer, name, 'counter', help)
      for (const node of all) writeCounter(writer, bytes, node, index)
    }
    const help = 'Mean of the smoothed round trip times of the live connections.'
    const bytes = head(writer, RTT, 'gauge', help)
    for (const node of all) writeRtt(writer, bytes, node)
    writeEvents(writer, all)
    return writer.end()
  }
}

const sizeOf = (nodes: readonly Node[]): number => {
  const labels = nodes.flatMap((node) => node.labels)
  return 4096 + METRICS * labels.reduce((sum, { length }) => sum + length + LINE_BYTES, 0)
}

/** Returns the name as it stands in the lines. */
const head = (
  writer: LineWriter,
  name: string,
  type: 'counter' | 'gauge',
  help: string,
): Uint8Array => {
  writer.text(`# HELP ${PREFIX}${name} ${help}\n# TYPE ${PREFIX}${name} ${type}\n`)
  return Buffer.from(`${PREFIX}${name}`)
}

const NONE = new Uint8Array(0)

const writeCounter = (
  writer: LineWriter,
  name: Uint8Array,
  { book, groups, labels }: Node,
  index: number,
): void => {
  if (index === DROPS && book.totals?.drops === undefined) return
  for (let i = 0; i < groups.length; i++)
    writer.line(name, labels[i] ?? NONE, groups[i]?.shown[index] ?? 0)
  writer.line(name, labels[groups.length] ?? NONE, book.other[index] ?? 0)
}

const writeRtt = (writer: LineWriter, name: Uint8Array, { groups, labels }: Node): void => {
  for (let i = 0; i < groups.length; i++) {
    const { rtts = 0, rttSumUs = 0 } = groups[i] ?? {}
    if (rtts > 0) writer.line(name, labels[i] ?? NONE, Math.round((rttSumUs * 1000) / rtts))
  }
}

/** Without labels of connections: one series per node. */
const writeEvents = (writer: LineWriter, nodes: readonly Node[]): void => {
  const write = (name: string, help: string, value: (book: TcpBook) => number | undefined) => {
    const bytes = head(writer, name, 'counter', help)
    for (const { node, book } of nodes) {
      const found = value(book)
      if (found !== undefined) writer.line(bytes, Buffer.from(`{node="${node}"} `), found)
    }
  }
  write(
    'events_retrans_total',
    'Times that TCP has sent segments again; each may be many segments.',
    ({ totals }) => totals?.retransmitEvents,
  )
  write(
    'events_drops_total',
    'Packets that the kernel has dropped, as traced.',
    ({ totals }) => totals?.drops,
  )
}
