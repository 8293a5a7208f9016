/** The thread of the exports: takes what the server's thread sends, and tells how it goes. */
import { parentPort, workerData } from 'node:worker_threads'
import { createOutgoing } from '../outgoing/outgoing.ts'
import type { ExportThreadConfig, FromExport, ToExport } from './export-message.ts'
import { createExporter } from './exporter.ts'
import { planOf } from './output-spec.ts'

const TELL_MS = 500

const port = parentPort
if (!port) throw new Error('this is a thread of the server')
const { outputs, allow, ...config } = workerData as ExportThreadConfig

const send = (message: FromExport): void => port.postMessage(message)
const exporter = createExporter(outputs.map(planOf), config, {
  ...{ outgoing: createOutgoing({ allow }), now: Date.now, random: Math.random },
  onChange: (output, error) => send({ is: 'changed', output, error }),
})
const tell = (): void => send({ is: 'figures', figures: exporter.figures() })
const timer = setInterval(tell, TELL_MS)

const stop = async (): Promise<void> => {
  await exporter.stop()
  clearInterval(timer)
  send({ is: 'stopped', figures: exporter.figures() })
  port.close()
}

port.on('message', (message: ToExport) => {
  if (message.is === 'stop') return void stop()
  if (message.is === 'flows') {
    const bytes = message.flows.records.length
    exporter.flows(message.flows)
    return send({ is: 'taken', bytes, alerts: 0, actions: 0 })
  }
  if (message.is === 'action') {
    exporter.action(message.action.output, message.action.event)
    return send({ is: 'taken', bytes: 0, alerts: 0, actions: 1 })
  }
  const { output, row, moment } = message.alert
  exporter.alert(output, row, moment)
  send({ is: 'taken', bytes: 0, alerts: 1, actions: 0 })
})
