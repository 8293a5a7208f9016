/** Exports: where flows, alerts and actions go, how each output is, and what its events look like. */
import { NetscopeError } from '@netscope/core/errors.ts'
import { Type } from 'typebox'
import { EXPORTED } from '../export/export-line.ts'
import type { Exports, OutputStatus } from '../export/exports.ts'
import { EXPORT_FORMATS, formatNamed } from '../export/formats.ts'
import { samplesOf } from '../export/samples.ts'
import type { App } from './app-types.ts'
import { operation } from './operation.ts'

const countsSchema = Type.Object({
  ...{ flows: Type.Integer(), alerts: Type.Integer(), actions: Type.Integer() },
})
const time = (description: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], format: 'date-time', description })

const outputSchema = Type.Object(
  {
    name: Type.String(),
    what: Type.Array(Type.Enum([...EXPORTED])),
    format: Type.String(),
    kind: Type.String({ description: 'file, stdout, syslog or webhook.' }),
    target: Type.String({ description: 'Where it goes, without secrets.' }),
    sent: countsSchema,
    lost: Type.Object(countsSchema.properties, {
      description: 'Refused, or without room to wait in.',
    }),
    waiting: Type.Integer({ description: 'Events that are not sent yet.' }),
    waitingBytes: Type.Integer(),
    error: Type.String({ description: 'Of the last attempt; empty: it went well.' }),
    errorAt: time('Of the last attempt that failed.'),
    sentAt: time('When something was taken last.'),
  },
  { title: 'ExportOutput' },
)

const LIST = operation({
  operationId: 'listExports',
  tags: ['exports'],
  summary: 'Where flows, alerts and actions go, and how each output is, since the server started.',
  response: { 200: Type.Object({ outputs: Type.Array(outputSchema) }) },
})
const SAMPLE = operation({
  operationId: 'getExportSample',
  tags: ['exports'],
  summary: 'A made-up flow, alert and step of an action in a format.',
  params: Type.Object({ format: Type.String({ maxLength: 32 }) }),
  response: {
    200: Type.Object({
      flow: Type.Unknown({ description: 'In that format.' }),
      alert: Type.Unknown({ description: 'In that format.' }),
      action: Type.Unknown({ description: 'In that format.' }),
    }),
  },
})

export interface ExportRouteDeps {
  exports: Pick<Exports, 'outputs'>
  version: string
}

const isoOrNull = (ms: number): string | null => (ms === 0 ? null : new Date(ms).toISOString())

const shown = ({ plan, sent, lost, waiting, waitingBytes, ...rest }: OutputStatus) => ({
  ...{ name: plan.name, what: EXPORTED.filter((what) => plan.what.has(what)) },
  ...{ format: plan.format.name, kind: plan.sink.kind, target: plan.target },
  ...{ sent, lost, waiting, waitingBytes, error: rest.error },
  ...{ errorAt: isoOrNull(rest.errorAtMs), sentAt: isoOrNull(rest.sentAtMs) },
})

export const addExportRoutes = (app: App, { exports, version }: ExportRouteDeps): void => {
  app.get('/api/v1/exports', { schema: LIST }, async () => ({
    outputs: exports.outputs().map(shown),
  }))

  app.get('/api/v1/exports/samples/:format', { schema: SAMPLE }, async ({ params }) => {
    const format = formatNamed(params.format)
    if (format) return samplesOf(format, version)
    const formats = EXPORT_FORMATS.map(({ name }) => name).join(', ')
    throw new NetscopeError('export.format', { format: JSON.stringify(params.format), formats })
  })
}
