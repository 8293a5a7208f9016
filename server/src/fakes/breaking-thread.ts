/** For tests: a thread of the exports that breaks at the first flows, while seven events wait. */
import { parentPort } from 'node:worker_threads'
import { noCounts } from '../export/export-line.ts'
import type { FromExport, ToExport } from '../export/export-message.ts'

const port = parentPort
if (!port) throw new Error('this is a thread')
const send = (message: FromExport): void => port.postMessage(message)
send({
  is: 'figures',
  figures: [
    {
      ...{ sent: { ...noCounts(), flows: 2 }, lost: { ...noCounts(), flows: 1 }, waiting: 7 },
      ...{ waitingBytes: 700, error: '', errorAtMs: 0, sentAtMs: 0 },
    },
  ],
})
port.on('message', (message: ToExport) => {
  if (message.is === 'flows') throw new Error('broken')
  if (message.is === 'stop') process.exit()
})
