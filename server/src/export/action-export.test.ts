/** Actions on their way out: each step is an event, told once, as the action was then. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ecsProblems } from '../fakes/ecs-schema.ts'
import { madeUpDetection } from '../fakes/made-up-detection.ts'
import { ocsfProblems } from '../fakes/ocsf-schema.ts'
import { SCANNER, startResponse } from '../fakes/response-rig.ts'
import type { Response } from '../fakes/response-rig.ts'
import { until } from '../fakes/running-server.ts'

/** Other tests share the machine. */
const SECONDS = 30
vi.setConfig({ testTimeout: 120_000 })

type Json = Record<string, unknown>

let folder: string
let rig: Response
const path = (name: string): string => join(folder, `${name}.json`)
const output = (name: string, format: string, rest: object = {}) => ({
  ...{ name, what: ['actions'], format, to: { file: { path: path(name) } }, ...rest },
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-actions-'))
  const outputsFile = join(folder, 'outputs.yaml')
  const outputs = [
    ...[output('eve', 'eve'), output('ecs', 'ecs'), output('ocsf', 'ocsf')],
    output('done', 'eve', {
      when: { actions: `step in (in-force, undone) and target = ${SCANNER}` },
    }),
    output('none', 'eve', { when: { actions: 'by = ann or target in 203.0.113.0/24' } }),
    output('alerts', 'eve', { what: ['alerts'] }),
  ]
  // JSON is YAML.
  writeFileSync(outputsFile, JSON.stringify({ outputs }))
  rig = await startResponse({ export: { outputsFile } })
})
afterEach(async () => {
  await rig.stop()
  rmSync(folder, { recursive: true })
})

const eventsOf = (name: string): Json[] => {
  try {
    const lines = readFileSync(path(name), 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as Json)
  } catch {
    return []
  }
}
const eve = (name = 'eve') => eventsOf(name).map((event) => event['netscope'] as Json)

test('a block is told from its approval to its end, with what the kernel said', async () => {
  await rig.prove()
  await rig.addPolicy({
    mode: 'enforce',
    do: { block: 'address', terminate: true, webhook: 'https://hooks.example/t0ken' },
  })
  rig.take(madeUpDetection())
  const { id } = await rig.only('verified')
  await rig.ask('POST', `/actions/${id}/undo`, { reason: 'ours' })
  const { steps } = (await rig.actions()).find((action) => action.id === id)!
  await until(() => eve().length >= steps.length, SECONDS)
  const told = eve().filter((of) => of['action_id'] === id)
  expect(told.map((of) => of['step'])).toEqual(steps.map(({ state }) => state))
  expect(told.map((of) => of['reason'])).toEqual(steps.map(({ reason }) => reason))
  const stepOf = (step: string) => told.find((of) => of['step'] === step)
  expect(stepOf('approved')).toMatchObject({ in_force: false, policy: 'scanners', target: SCANNER })
  expect(stepOf('in-force')).toMatchObject({ in_force: true, alert_id: 'scan-1' })
  expect(stepOf('verified')).toMatchObject({ passed_packets: 0, dropped_packets: 7 })
  expect(stepOf('undone')).toMatchObject({ in_force: false, ended_connections: 2 })

  await until(() => eventsOf('ecs').length >= told.length, SECONDS)
  await until(() => eventsOf('ocsf').length >= told.length, SECONDS)
  expect(eventsOf('ecs').flatMap(ecsProblems)).toEqual([])
  expect(eventsOf('ocsf').flatMap(ocsfProblems)).toEqual([])
  const kinds = eventsOf('ocsf').map((event) => [event['activity_name'], event['disposition']])
  expect(kinds).toContainEqual(['Isolate', 'Blocked'])
  expect(kinds.at(-1)).toEqual(['Restore', 'Allowed'])
  const ids = eventsOf('ecs').map((event) => (event['event'] as Json)['id'])
  expect(new Set(ids).size).toBe(ids.length)

  await until(() => eve('done').length === 2, SECONDS)
  expect(eve('done').map((of) => of['step'])).toEqual(['in-force', 'undone'])
  // Its figures are told twice a second.
  await until(async () => {
    const metrics = await (await rig.running.fetch('/metrics')).text()
    return metrics.includes('netscope_export_sent_total{output="done",what="actions"} 2')
  }, SECONDS)
  expect(eventsOf('none')).toEqual([])
  expect(eventsOf('alerts').map((event) => event['event_type'])).not.toContain('action')
  for (const name of ['eve', 'ecs', 'ocsf'])
    expect(readFileSync(path(name), 'utf8')).not.toContain('t0ken')
})

test('what is only observed, and what is refused, is told too', async () => {
  await rig.addPolicy()
  rig.take(madeUpDetection())
  await until(() => eve().length === 1, SECONDS)
  expect(eve()).toMatchObject([{ step: 'observed', mode: 'observe', in_force: false }])
  await rig.ask('DELETE', '/policies/scanners')
  await rig.addPolicy({ name: 'others', mode: 'enforce' })
  // Whom it would hit is found out after the policy was made: the address of the agent's own host.
  rig.take(madeUpDetection({ id: 'scan-2', source: { ip: '10.0.0.9' } }))
  await until(() => eve().some((of) => of['step'] === 'refused'), SECONDS)
  const [refused] = eventsOf('eve').filter(
    (event) => (event['netscope'] as Json)['step'] === 'refused',
  )
  expect(refused).toMatchObject({ event_type: 'action', src_ip: '10.0.0.9' })
})
