/** docs/reference/api.md names every parameter and field, and no route that there is not. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '../fakes/running-server.ts'
import type { RunningServer } from '../fakes/running-server.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/api.md'), 'utf8')

let running: RunningServer
beforeAll(async () => {
  running = await startServer()
})
afterAll(() => running.stop())

test('every route in it is there', () => {
  const routes = [...page.matchAll(/`(GET|POST|DELETE) (\/[^ ?`]*)/g)]
  expect(routes.length).toBeGreaterThan(10)
  for (const [, method = '', url = ''] of routes)
    expect(`${method} ${url} ${running.server.app.hasRoute({ method, url })}`).toMatch(/true$/)
})

test.each(['/api/v1/flows', '/events', '/blacklist'])(
  'every parameter of %s is in it',
  async (url) => {
    const { body } = await running.server.app.inject(`${url}?there-is-no-such=1`)
    const { remedy } = JSON.parse(body) as { remedy: string }
    const names = remedy.replace(/^Allowed: |\.$/g, '').split(', ')
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  },
)

test('every field of a flow is in it, with its meaning', () => {
  const rows = Object.entries(FLOW_FIELDS).map(
    ([name, of]) => `| \`${name}\` | ${of.description} |`,
  )
  expect(rows.filter((row) => !page.includes(`${row}\n`))).toEqual([])
})
