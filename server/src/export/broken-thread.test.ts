/** When the thread of the exports breaks: the server goes on, what waited is counted as lost, and a new one begins. */
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { flowRecord } from '../fakes/flow-record.ts'
import { until } from '../fakes/running-server.ts'
import { createExports } from './exports.ts'
import type { Exports } from './exports.ts'
import { planOf } from './output-spec.ts'

/** It is started again after five. */
const SECONDS = 30
vi.setConfig({ testTimeout: 90_000 })

let exports: Exports | undefined
afterEach(async () => exports?.stop())

test('what waited in it is lost and told, and the next one takes over', async () => {
  const warnings: string[] = []
  const spec = { name: 'a', what: ['flows' as const], format: 'eve', to: { stdout: {} } }
  const made = createExports(
    { outputs: [{ spec, plan: planOf(spec) }], queueMegabytes: 1, version: '0', allow: [] },
    {
      alerts: { watch: () => () => undefined, rowOf: () => expect.unreachable() },
      ...{ alertStore: { growing: () => [] }, now: Date.now },
      response: { actions: { watch: () => () => undefined } },
      log: pino({}, { write: (line: string) => void warnings.push(line) }),
      threadFile: join(import.meta.dirname, '../fakes/breaking-thread.ts'),
    },
  )
  exports = made
  const context = {
    ...{ agent: 'host-a', wallOffsetMs: 0, interfaceName: () => '', text: () => '' },
    process: () => undefined,
  }
  const send = () => made.flows('host-a', flowRecord({ end: 2 }), context)
  const status = () => made.outputs()[0]!
  made.start()
  await until(() => status().waiting === 7, SECONDS)
  send()
  await until(() => warnings.length === 1, SECONDS)
  expect(warnings[0]).toMatch('broke')
  expect(status()).toMatchObject({ sent: { flows: 2 }, lost: { flows: 9 }, waiting: 0 })
  expect(made.problems()).toEqual([
    'The export a to stdout has lost events: 0 events wait, 9 were lost.',
  ])
  // There is no thread just now: what comes is counted.
  send()
  expect(status().lost.flows).toBe(10)
  await until(() => status().waiting === 7, SECONDS)
  expect(status()).toMatchObject({ sent: { flows: 4 }, lost: { flows: 11 } })
})
