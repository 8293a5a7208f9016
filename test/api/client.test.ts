/** What is generated from the server's OpenAPI document is current (`vitest run -u` writes it anew). */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer } from '../../server/src/fakes/running-server.ts'
import type { RunningServer } from '../../server/src/fakes/running-server.ts'
import { clientSource, pathsSource } from './client-source.ts'
import { referencePage } from './reference-page.ts'
import type { DocumentWithTags } from './reference-page.ts'

let running: RunningServer
let document: DocumentWithTags
beforeAll(async () => {
  running = await startServer()
  const { body } = await running.server.app.inject('/api/v1/openapi.json')
  document = JSON.parse(body) as DocumentWithTags
})
afterAll(() => running.stop())

test('the operations of the typed client', async () => {
  await expect(clientSource(document)).toMatchFileSnapshot('../../core/src/api/operations.ts')
})

test('where each of them is', async () => {
  await expect(pathsSource(document)).toMatchFileSnapshot('../../core/src/api/operation-paths.ts')
})

test('the reference page of all operations', async () => {
  await expect(referencePage(document)).toMatchFileSnapshot('../../docs/reference/operations.md')
})
