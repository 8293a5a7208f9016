/** The standard output of the server, as JSON lines; its log goes to standard error. */
import { write } from 'node:fs'
import { promisify } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'
import { Type } from 'typebox'
import { sinkKind } from '../sink.ts'

const STDOUT = 1
/** A pipe that others share may not wait by itself. */
const RETRY_MS = 20
const writeSome = promisify(write)

/** All of it, however slowly the reader takes it. */
const writeAll = async (bytes: Buffer): Promise<void> => {
  for (let at = 0; at < bytes.length;)
    try {
      const { bytesWritten } = (await writeSome(STDOUT, bytes, at)) as unknown as {
        bytesWritten: number
      }
      at += bytesWritten
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      await pause(RETRY_MS)
    }
}

export const stdoutSink = sinkKind({
  kind: 'stdout',
  description: 'The standard output of the server.',
  settings: Type.Object({}),
  secrets: [],
  gatherMs: 100,
  batch: { lines: 1024, bytes: 1_000_000 },
  targetOf: () => 'stdout',
  open: () => ({
    close: async () => undefined,
    async send({ lines }) {
      await writeAll(Buffer.from(lines.map(({ text }) => `${text}\n`).join('')))
      return { kind: 'sent' }
    },
  }),
})
