/** How much of what the interfaces count is in the flows, and why the rest is not. */
import { gauge } from './family.ts'
import type { Each, Family } from './family.ts'

export const coverageFamilies = (each: Each): Family[] => {
  const ofHost = (what: 'packets' | 'bytes') =>
    each(({ coverage }) => (coverage[what] === undefined ? [] : [{ value: coverage[what] }]))
  const ofInterfaces = (what: 'packets' | 'bytes') =>
    each(({ interfaces }) =>
      interfaces.flatMap(({ name, coverage }) =>
        coverage?.[what] === undefined
          ? []
          : [{ labels: { interface: name }, value: coverage[what] }],
      ),
    )
  const missing = (what: 'packets' | 'bytes') =>
    each(({ coverage }) =>
      coverage.missing.map((of) => ({ labels: { cause: of.cause }, value: of[what] })),
    )

  return [
    gauge(
      'netscope_coverage_packets_ratio',
      'Counted packets by those of the interface counters.',
      ofInterfaces('packets'),
    ),
    gauge(
      'netscope_coverage_bytes_ratio',
      'Counted bytes by those of the interface counters.',
      ofInterfaces('bytes'),
    ),
    gauge(
      'netscope_host_coverage_packets_ratio',
      'Counted packets by those of all leaf interfaces.',
      ofHost('packets'),
    ),
    gauge(
      'netscope_host_coverage_bytes_ratio',
      'Counted bytes by those of all leaf interfaces.',
      ofHost('bytes'),
    ),
    gauge(
      'netscope_missing_packets',
      'Packets that the flows do not hold, by cause, since attach.',
      missing('packets'),
    ),
    gauge(
      'netscope_missing_bytes',
      'Bytes that the flows do not hold, by cause, since attach.',
      missing('bytes'),
    ),
  ]
}
