/** A real browser types queries into the filter box of the flow table. */
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, PATIENCE, until } from './open-page.ts'

const server = createFakeServer({ flows: 180, eventsPerSecond: 20 })
vi.setConfig({ testTimeout: 120_000 })

const { on } = createPages(server)
const rows = (page: Page) => page.locator('.grid-body .row')
const box = (page: Page) => page.getByRole('combobox', { name: 'Filter flows' })
const protocols = (page: Page) => page.locator('.grid-body .c-protocol').allTextContents()
const onlyUdp = (page: Page) =>
  until('only UDP', async () => {
    const names = await protocols(page)
    return names.length > 0 && names.every((name) => name === 'UDP')
  })

describePage('a query in the filter box', () => {
  it('filters, and stands in the URL', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      await box(page).fill('protocol = udp and not port = 1')
      await onlyUdp(page)
      expect(page.url()).toContain('#flows?q=protocol')
      expect(await box(page).getAttribute('aria-invalid')).toBe('false')
    }))

  it('that is wrong is shown where it is, and mended at a click; the table stays as it was', () =>
    on('#flows?q=protocol+%3D+udp', async (page) => {
      await onlyUdp(page)
      await box(page).fill('protokol = udp')
      const wrong = page.locator('.query-wrong')
      expect(await wrong.locator('mark').textContent()).toBe('protokol')
      await page.waitForTimeout(1500)
      expect(await protocols(page)).toContain('UDP')
      await wrong.getByRole('button', { name: 'Use protocol' }).click()
      await expect.poll(() => box(page).inputValue(), PATIENCE).toBe('protocol = udp')
      await wrong.waitFor({ state: 'detached' })
      await onlyUdp(page)
    }))

  it('is completed from the keyboard: field, operator, values that there are', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('dstPo')
      const options = page.getByRole('option')
      await options.first().waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      await expect.poll(() => box(page).inputValue(), PATIENCE).toBe('dstPort ')
      await page.keyboard.type('> 1 and process = c')
      await options.filter({ hasText: 'curl' }).waitFor()
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Tab')
      await expect
        .poll(() => box(page).inputValue(), PATIENCE)
        .toBe('dstPort > 1 and process = curl ')
    }))

  it('Escape closes the list, then empties the box, then leaves it', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('dstPo')
      const list = page.getByRole('listbox', { name: 'What could stand here' })
      await list.waitFor()
      await page.keyboard.press('Escape')
      await list.waitFor({ state: 'detached' })
      await expect.poll(() => box(page).inputValue(), PATIENCE).toBe('dstPo')
      await page.keyboard.press('Escape')
      await expect.poll(() => box(page).inputValue(), PATIENCE).toBe('')
    }))
})
