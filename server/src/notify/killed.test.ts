/** What a kill -9 between sending and the answer does: nothing is lost, and what comes twice bears the same key. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../fakes/running-server.ts'
import { openState } from '../state/open-state.ts'
import { createOutboxStore } from './outbox-store.ts'

let folder: string
let server: Server
let received: { key: string; response: ServerResponse }[]
let children: ChildProcess[]
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-outbox-'))
  received = []
  children = []
  server = createServer((request, response) => {
    request.resume()
    received.push({ key: String(request.headers['idempotency-key']), response })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await Promise.all(children.map(kill))
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

const path = () => join(folder, 'state.sqlite')
const start = (alert = ''): ChildProcess => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const program = join(import.meta.dirname, '../fakes/notifying-process.ts')
  const child = spawn(process.execPath, [program, path(), url, alert], { stdio: 'ignore' })
  children.push(child)
  return child
}
const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}
const outbox = () => {
  const state = openState({ path: path() })
  try {
    return createOutboxStore(state)
      .latest(10)
      .map(({ id, state: of, attempts }) => ({ id, state: of, attempts }))
  } finally {
    state.close()
  }
}

/** A process takes seconds to start on a busy machine. */
const WITHIN_SECONDS = 60

test('a message whose answer never came is sent once more by its key, and then never again', async () => {
  const first = start('scan-1')
  await until(() => received.length === 1, WITHIN_SECONDS)
  await kill(first)
  const [sent] = outbox()
  expect(sent).toEqual({ id: received[0]?.key, state: 'waiting', attempts: 1 })

  const second = start()
  await until(() => received.length === 2, WITHIN_SECONDS)
  received[1]?.response.end('ok')
  await until(() => outbox()[0]?.state === 'sent', WITHIN_SECONDS)
  await kill(second)

  const third = start()
  await pause(1500)
  await kill(third)
  expect(received.map(({ key }) => key)).toEqual([sent?.id, sent?.id])
  expect(outbox()).toEqual([{ id: sent?.id, state: 'sent', attempts: 2 }])
}, 300_000)
