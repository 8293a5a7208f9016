/** The rehearsal runs through. */
import { expect, it } from 'vitest'
import { rehearseFlows } from './rehearsal.ts'

it('rehearses without a source', async () => {
  await expect(rehearseFlows()).resolves.toBeUndefined()
})
