/** docs/reference/detection.md is up to date (`vitest run -u` writes it anew). */
import { expect, it } from 'vitest'
import { lastResults, REFERENCE_FILE, referencePage } from './reference-page.ts'

it('is what the detectors, their settings and the last evaluation say', async () => {
  await expect(referencePage(lastResults())).toMatchFileSnapshot(REFERENCE_FILE)
})
