/** Turns flow records, alerts and actions into events of each output's format, and hands them to it; runs in a thread of its own. */
import { FlowReader, RECORD_BYTES } from '@netscope/core/flow-record.ts'
import { predicateOf } from '@netscope/core/query/predicate-of.ts'
import type { AlertRow } from '../alerts/alert-row.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import type { StoredFlow } from '../store/flow-store.ts'
import { createRuns } from '../store/run-names.ts'
import type { ActionEvent, AlertMoment, ExportFormat } from './export-format.ts'
import type { Exported } from './export-line.ts'
import type { SentFlows } from './export-message.ts'
import { createFlowView } from './flow-view.ts'
import { stepLabel } from './step-label.ts'
import { createOutput } from './output.ts'
import type { OutputFigures } from './output.ts'
import type { OutputPlan } from './output-spec.ts'

export interface ExporterConfig {
  queueBytes: number
  version: string
  hostname: string
}

export interface ExporterDeps {
  outgoing: Outgoing
  /** Milliseconds since 1970. */
  now(): number
  /** From 0 to 1. */
  random(): number
  /** An output fails after it went well (why), or the other way round (''). */
  onChange(output: string, error: string): void
}

export interface Exporter {
  flows(flows: SentFlows): void
  alert(output: number, row: AlertRow, moment: AlertMoment): void
  action(output: number, event: ActionEvent): void
  /** In the order of the plans. */
  figures(): OutputFigures[]
  stop(): Promise<void>
}

/** Of what is to be sent, the text. Whatever a name holds, JSON.stringify leaves no line break in it. */
const lineOf = (what: Exported, label: AlertRow['label'], event: object) => {
  const text = JSON.stringify(event)
  return { what, label, text, bytes: Buffer.byteLength(text) }
}

export const createExporter = (
  plans: readonly OutputPlan[],
  { queueBytes, version, hostname }: ExporterConfig,
  { outgoing, now, random, onChange }: ExporterDeps,
): Exporter => {
  const runs = createRuns()
  const formats = new Map<string, ExportFormat>()
  const outputs = plans.map(({ name, what, format: kind, flows, sink, settings }) => {
    const format = formats.get(kind.name) ?? kind.create(version)
    formats.set(kind.name, format)
    const to = createOutput({
      ...{ kind: sink, queueBytes, now, random },
      sink: sink.open(settings, { outgoing, hostname, now }),
      onChange: (error) => onChange(name, error),
    })
    return { to, format, takesFlows: what.has('flows'), test: flows && predicateOf(flows, now) }
  })
  const ofFlows = outputs.filter(({ takesFlows }) => takesFlows)

  const flow = (reader: FlowReader, view: StoredFlow): void => {
    const lines = new Map<ExportFormat, ReturnType<typeof lineOf>>()
    for (const { to, format, test } of ofFlows) {
      if (test && !test(reader)) continue
      const line = lines.get(format) ?? lineOf('flows', 'info', format.flow(view))
      lines.set(format, line)
      to.add(line)
    }
  }

  return {
    flows({ agent, names, wallOffsetMs, records }) {
      const context = runs.of({ agent, names }).context(wallOffsetMs)
      const reader = new FlowReader(records, context)
      const view = createFlowView(reader)
      for (let at = 0; at < records.length; at += RECORD_BYTES) {
        if (reader.seek(at).view.getUint32(at + 4, true) === 0) continue
        try {
          flow(reader, view)
        } catch {
          // A time that no calendar has, say: one record of whoever sent it.
          for (const { to } of ofFlows) to.lose('flows')
        }
      }
    },
    alert(output, row, moment) {
      const { format, to } = outputs[output] ?? {}
      if (format && to) to.add(lineOf('alerts', row.label, format.alert(row, moment)))
    },
    action(output, event) {
      const { format, to } = outputs[output] ?? {}
      if (format && to) to.add(lineOf('actions', stepLabel(event.step), format.action(event)))
    },
    figures: () => outputs.map(({ to }) => to.figures()),
    async stop() {
      await Promise.all(outputs.map(({ to }) => to.stop()))
    },
  }
}
