/** What each output of the exports has sent and lost, and what waits in it. */
import { EXPORTED } from '../export/export-line.ts'
import type { Exports, OutputStatus } from '../export/exports.ts'
import { counter, gauge } from './family.ts'
import type { Family, Sample } from './family.ts'

export interface ExportFamilyDeps {
  exports: Pick<Exports, 'outputs'>
}

export const exportFamilies = ({ exports }: ExportFamilyDeps): Family[] => {
  const each = (read: (status: OutputStatus) => number) => (): Sample[] =>
    exports.outputs().map((status) => ({
      labels: { output: status.plan.name },
      value: read(status),
    }))
  const eachWhat = (read: (status: OutputStatus) => Record<string, number>) => (): Sample[] =>
    exports.outputs().flatMap((status) =>
      EXPORTED.filter((what) => status.plan.what.has(what)).map((what) => ({
        labels: { output: status.plan.name, what },
        value: read(status)[what] ?? 0,
      })),
    )
  return [
    counter(
      'netscope_export_sent_total',
      'Events that an output took.',
      eachWhat(({ sent }) => sent),
    ),
    counter(
      'netscope_export_lost_total',
      'Events that an output refused, or for which there was no room while it failed.',
      eachWhat(({ lost }) => lost),
    ),
    gauge(
      'netscope_export_waiting',
      'Events that are not sent yet.',
      each(({ waiting }) => waiting),
    ),
    gauge(
      'netscope_export_failing',
      '1: the last attempt failed.',
      each(({ error }) => Number(error !== '')),
    ),
  ]
}
