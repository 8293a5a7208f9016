/** How the page looks and loads: narrow screens, both themes, contrast, policy, size. */
import { readFileSync, statSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import { poorTexts } from './contrast.ts'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, openPage, PATIENCE } from './open-page.ts'

const DIST = new URL('../../web/dist/', import.meta.url)
/** Of what an issue once asked for (250 kB), about half. */
const MOST_BYTES = 140_000
const VIEWS = ['#flows', '#events', '#lists'] as const

vi.setConfig({ testTimeout: 120_000 })

const server = createFakeServer()
const pages = createPages(server)

const settled = async (page: Page) => {
  await page.locator('.grid-body .row').first().waitFor()
  await page.locator('.connection.good').waitFor()
}

describePage('the look of the page', () => {
  describe.each(VIEWS)('at 390 px, %s', (view) => {
    it('fits the screen and opens its details over the whole of it', async () => {
      const { page, problems, close } = await openPage(pages.browser(), `${pages.base()}/${view}`, {
        width: 390,
        height: 844,
      })
      server.state.source = 'mock'
      await settled(page)
      await page.locator('.badge-other').waitFor()
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      )
      expect(overflow).toBeLessThanOrEqual(0)
      const wide = await page.evaluate(() =>
        [...document.querySelectorAll('button, input, a')]
          .filter(
            (element) =>
              element.checkVisibility() &&
              // The names of the views scroll.
              !element.closest('nav') &&
              element.getBoundingClientRect().right > window.innerWidth + 1,
          )
          .map((element) => element.outerHTML.slice(0, 80)),
      )
      expect(wide).toEqual([])
      if (view !== '#lists') {
        await page.locator('.grid-body .row').nth(1).click()
        const width = async () => (await page.locator('.drawer').boundingBox())?.width
        await expect.poll(width, PATIENCE).toBe(390)
        await page.getByRole('button', { name: 'Close the panel' }).click()
      }
      expect(problems).toEqual([])
      await close()
    })
  })

  describe.each(['dark', 'light'] as const)('in the %s theme', (theme) => {
    it.each(VIEWS)('every text of %s can be read (WCAG AA)', async (view) => {
      const { page, close } = await openPage(pages.browser(), `${pages.base()}/${view}`, { theme })
      await settled(page)
      await expect.poll(() => page.evaluate(poorTexts), PATIENCE).toEqual([])
      // A row of the running packet table can be gone before it is clicked.
      await page.keyboard.press('p')
      await page.locator('.grid-body .row').nth(1).click()
      if (view !== '#lists') await page.locator('.drawer').waitFor()
      await expect.poll(() => page.evaluate(poorTexts), PATIENCE).toEqual([])
      await close()
    })

    it('follows the system', async () => {
      const { page, close } = await openPage(pages.browser(), pages.base(), { theme })
      const scheme = await page.evaluate(
        () => getComputedStyle(document.documentElement).colorScheme,
      )
      expect(scheme).toBe(theme)
      await close()
    })
  })
})

describePage('the page', () => {
  it('keeps the theme that was chosen', async () => {
    const { page, close } = await openPage(pages.browser(), pages.base(), { theme: 'dark' })
    await page.locator('.connection.good').waitFor()
    await page.keyboard.press('t')
    const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)
    await expect.poll(scheme, PATIENCE).toBe('light')
    await page.reload()
    await page.locator('.connection.good').waitFor()
    expect(await scheme()).toBe('light')
    await close()
  })

  it('lists the keys and lets them be switched off', async () => {
    const { page, close } = await openPage(pages.browser(), pages.base())
    await page.locator('.connection.good').waitFor()
    await page.keyboard.press('?')
    await page.getByLabel('Single-key shortcuts are on').uncheck()
    await page.keyboard.press('Escape')
    await page.keyboard.press('2')
    await page.waitForTimeout(200)
    expect(page.url()).not.toContain('#events')
    await close()
  })
})

it('loads less than 140 kB compressed, without anything inline', () => {
  const html = readFileSync(new URL('index.html', DIST), 'utf8')
  expect(html).not.toMatch(/<style|style=|<script>|onload=/)
  const files = [...html.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css|svg))"/g)].map(
    ([, file]) => file,
  )
  expect(files.length).toBeGreaterThan(2)
  const bytes = ['index.html', ...files].map(
    (file) =>
      statSync(new URL(`${file}.br`, DIST), { throwIfNoEntry: false })?.size ??
      statSync(new URL(String(file), DIST)).size,
  )
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(MOST_BYTES)
})
