/** What DNS servers answered, as seen at each host. */
import type { DnsServer } from '@netscope/core/status.ts'
import { counter } from './family.ts'
import type { Each, Family } from './family.ts'

export const dnsFamilies = (each: Each): Family[] => {
  const perServer = (read: (server: DnsServer) => number) =>
    each(({ dns }) => dns.map((of) => ({ labels: { server: of.server }, value: read(of) })))

  return [
    counter(
      'netscope_dns_queries_total',
      'Questions to a DNS server.',
      perServer((of) => of.queries),
    ),
    counter(
      'netscope_dns_unanswered_total',
      'Questions that a DNS server did not answer.',
      perServer((of) => of.unanswered),
    ),
    counter(
      'netscope_dns_answers_total',
      'Answers of a DNS server, by return code.',
      each(({ dns }) =>
        dns.flatMap(({ server, rcodes }) =>
          Object.entries(rcodes).map(([rcode, value]) => ({ labels: { server, rcode }, value })),
        ),
      ),
    ),
    {
      name: 'netscope_dns_latency_seconds',
      type: 'summary',
      help: 'Time from a question to its answer.',
      collect: each(({ dns }) =>
        dns.flatMap(({ server, answers, latencySumMs }) => [
          { suffix: '_sum', labels: { server }, value: latencySumMs / 1000 },
          { suffix: '_count', labels: { server }, value: answers },
        ]),
      ),
    },
  ]
}
