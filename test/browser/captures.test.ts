/** A flow's packets as a file of the browser. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, withPage } from './open-page.ts'

const server = createFakeServer({ flows: 40 })

vi.setConfig({ testTimeout: 120_000 })

const pages = createPages(server)

const inFirstFlow = (use: (page: Page) => Promise<void>) =>
  withPage(pages.browser(), `${pages.base()}/#flows`, async (page) => {
    await page.locator('.grid-body .row').first().click()
    await use(page)
  })

describePage('the button that captures a flow', () => {
  it('saves the packets of the flow, also those of a capture that is stopped', () =>
    inFirstFlow(async (page) => {
      const download = page.waitForEvent('download')
      await page.getByRole('button', { name: 'Capture 10 s' }).click()
      await page.getByRole('button', { name: 'stop now' }).click()
      const saved = await download
      expect(saved.suggestedFilename()).toMatch(/^[A-Za-z0-9.-]+\.pcapng$/)
      expect(readFileSync(await saved.path(), 'utf8')).toBe('first last')
      const ids = new Set(server.network.live().map(({ id }) => id))
      const [asked] = server.captures.asked as { flow: string; seconds: number }[]
      expect(ids).toContain(asked?.flow)
      expect(asked?.seconds).toBe(10)
      await page.getByRole('button', { name: 'Capture 10 s' }).waitFor()
    }))

  it('says why a capture is refused', () =>
    inFirstFlow(async (page) => {
      server.captures.refusal = 'Another capture is running on fake.'
      await page.getByRole('button', { name: 'Capture 10 s' }).click()
      await page.getByText('Another capture is running on fake. Wait.').waitFor()
      await page.getByRole('button', { name: 'Capture 10 s' }).waitFor()
    }))
})
