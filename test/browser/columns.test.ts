/** The columns of the flow table: which fit, which are chosen, and what becomes of them on a phone. */
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, openPage, PATIENCE } from './open-page.ts'

const server = createFakeServer({ flows: 180 })

vi.setConfig({ testTimeout: 120_000 })

const pages = createPages(server)

const { on } = pages

const rows = (page: Page) => page.locator('.grid-body .row')
const cell = (page: Page, key: string) => rows(page).first().locator(`.c-${key}`)
const heads = (page: Page) => page.getByRole('columnheader').allTextContents()
/** The panel of the first row. */
const openFirst = async (page: Page) => {
  await rows(page).first().click()
  const detail = page.locator('.flow-detail')
  await detail.locator('.endpoint').first().waitFor()
  return detail
}

describePage('the columns', () => {
  it('fit 1280 px with process, RTT and losses, and give way by importance when it becomes narrow', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      const wide = await heads(page)
      for (const head of ['Verdict', 'Process', 'Proto', 'RTT', 'Resent', 'Bytes', 'Age'])
        expect(wide, head).toContain(head)
      await openFirst(page)
      await expect.poll(() => heads(page), PATIENCE).not.toContain('Age')
      const beside = await heads(page)
      for (const head of ['Client', 'Server', 'Process', 'RTT', 'Resent'])
        expect(beside, head).toContain(head)
      expect(beside).not.toContain('Port')
      const address = await cell(page, 'dst').locator('.address').getAttribute('title')
      expect(address).toMatch(/:\d+$/)
    }))

  it('are chosen by the user, remembered, and set back', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      const menu = page.getByRole('button', { name: 'Columns' })
      await menu.click()
      await page.getByRole('checkbox', { name: 'Age' }).uncheck()
      await page.getByRole('checkbox', { name: 'Last 60 s' }).uncheck()
      await page.getByRole('checkbox', { name: 'Handshake and end' }).check()
      expect(await page.getByRole('checkbox', { name: 'Client' }).isDisabled()).toBe(true)
      await page.reload()
      await rows(page).first().waitFor()
      await expect.poll(() => heads(page), PATIENCE).toContain('Handshake')
      expect(await heads(page)).not.toContain('Age')
      await menu.click()
      await page.getByRole('button', { name: 'Default columns' }).click()
      await expect.poll(() => heads(page), PATIENCE).not.toContain('Handshake')
      expect(await heads(page)).toContain('Age')
    }))

  it('say when one of them has no room', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      await page.getByRole('button', { name: 'Columns' }).click()
      await page.getByRole('checkbox', { name: 'Direction' }).check()
      await page.getByText('no room').first().waitFor()
    }))

  it('are chosen by keyboard, and Escape closes the menu before the panel', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      const detail = await openFirst(page)
      const menu = page.getByRole('button', { name: 'Columns' })
      await menu.focus()
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Space')
      await expect.poll(() => heads(page), PATIENCE).not.toContain('Verdict')
      await page.keyboard.press('Escape')
      await expect.poll(() => menu.getAttribute('aria-expanded'), PATIENCE).toBe('false')
      expect(await detail.count()).toBe(1)
      await page.keyboard.press('Escape')
      await detail.waitFor({ state: 'detached' })
    }))

  it('become a card with process and name at 390 px', async () => {
    const { page, problems, close } = await openPage(
      pages.browser(),
      `${pages.base()}/#flows?q=rsync`,
      {
        width: 390,
        height: 844,
      },
    )
    await rows(page).first().waitFor()
    const card = rows(page).filter({ hasText: 'nightly-backup' }).first()
    for (const [key, text] of [
      ['process', 'rsync'],
      ['dst', 'backup.lan'],
      ['rtt', ' ms'],
      ['retrans', ''],
    ] as const) {
      const part = card.locator(`.c-${key}`)
      await part.waitFor() // visible; losses come with the seconds
      expect(await part.textContent()).toContain(text)
    }
    expect(await page.getByRole('button', { name: 'Columns' }).count()).toBe(0)
    expect(problems).toEqual([])
    await close()
  })

  it('are set before the first paint: nothing moves while the page loads', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      await page.waitForTimeout(1500)
      const shift = await page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            new PerformanceObserver((list) =>
              resolve(
                list
                  .getEntries()
                  .reduce(
                    (sum, entry) => sum + (entry as PerformanceEntry & { value: number }).value,
                    0,
                  ),
              ),
            ).observe({ type: 'layout-shift', buffered: true })
            setTimeout(() => resolve(0), 500)
          }),
      )
      expect(shift).toBeLessThan(0.01)
    }))
})
