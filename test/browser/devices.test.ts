/** A real browser looks at the devices. */
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, openPage, until } from './open-page.ts'

vi.setConfig({ testTimeout: 120_000 })
const server = createFakeServer()
const pages = createPages(server)

const { on } = pages
const rows = (page: Page) => page.locator('.grid-body .row')

describePage('the devices', () => {
  it('are a table, found by key, link and words', () =>
    on('', async (page) => {
      await page.locator('.connection.good').waitFor()
      await page.keyboard.press('4')
      await until('three devices', async () => (await rows(page).count()) === 3)
      const first = await rows(page).first().innerText()
      expect(first).toMatch(/online[^]*gateway\.lan[^]*192\.168\.1\.1[^]*router[^]*525 kB\/s/)
      await page.getByPlaceholder('Name, address').fill('phone')
      await until('one device', async () => (await rows(page).count()) === 1)
      expect(await rows(page).innerText()).toContain('random MAC')
    }))

  it('show what they rest on, and take a name', () =>
    on('#devices?device=d1', async (page) => {
      const panel = page.locator('.drawer')
      await panel.getByText('named by the DHCP server 192.168.1.1').waitFor()
      expect(await panel.innerText()).toMatch(/TCP 443[^]*ago/)
      await panel.getByLabel('Name').fill('Front door')
      await panel.getByRole('button', { name: 'Save' }).click()
      await rows(page).filter({ hasText: 'Front door' }).waitFor()
      expect(server.devices.devices[0]?.name).toBe('Front door')
    }))

  it('show when they were unlike themselves, or that they are still being learned', () =>
    on('#devices?device=d1', async (page) => {
      const panel = page.locator('.drawer')
      await panel.getByText('now 0.38 of 1 · 1 unusual').waitFor()
      expect(await panel.locator('rect.device-score').count()).toBe(279)
      expect(await panel.locator('rect.device-score-unusual title').textContent()).toContain(
        '0.710, unusual',
      )
      await rows(page).filter({ hasText: 'phone' }).click()
      await panel.getByText('still being learned: 120 of 288 windows').waitFor()
    }))

  it('of which one has gone are told so', () =>
    on('#devices?device=gone', async (page) => {
      await page.getByText('There is no device gone.').waitFor()
    }))

  it('fit a narrow screen', async () => {
    const opened = await openPage(pages.browser(), `${pages.base()}/#devices`, {
      width: 390,
      height: 700,
    })
    await until('three devices', async () => (await rows(opened.page).count()) === 3)
    const width = await opened.page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    expect(opened.problems).toEqual([])
    await opened.close()
  })
})
