/** The panel of the health: capabilities by tier, TCP, round trips, DNS; and whether all of it can be read. */
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { poorTexts } from './contrast.ts'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, openPage, PATIENCE } from './open-page.ts'

const server = createFakeServer({ flows: 180 })

vi.setConfig({ testTimeout: 120_000 })

const pages = createPages(server)

const { on } = pages

const rows = (page: Page) => page.locator('.grid-body .row')
describePage('the panel of the health', () => {
  const openHealth = async (page: Page) => {
    await rows(page).first().waitFor()
    await page.keyboard.press('s')
    const panel = page.locator('.status-panel')
    await panel.waitFor()
    return panel
  }

  it('shows by tier what works, what does not, why, and what would make it work', () =>
    on('', async (page) => {
      const panel = await openHealth(page)
      const area = (title: string) => panel.locator('.area', { hasText: title })
      await area('Tier A').getByText('3 of 3').waitFor()
      await area('Tier B').getByText('0 of 2').waitFor()
      const drops = area('Tier B')
        .getByRole('listitem')
        .filter({ hasText: 'Drops with their reason' })
      await drops.getByText('bpf_probe_read_kernel is refused under lockdown').waitFor()
      await drops.getByText('Boot with lockdown=integrity.').waitFor()
      await drops.getByRole('img', { name: 'does not work' }).waitFor()
      await area('Tier A').getByRole('img', { name: 'works with limits' }).waitFor()
      await area('Machine').getByRole('img', { name: 'not known' }).waitFor()
      await area('Interfaces').getByText('it may drop packets before we count them').waitFor()
    }))

  it('shows TCP totals, round trips by class of peer, and DNS servers with their failures', () =>
    on('', async (page) => {
      const panel = await openHealth(page)
      await panel.getByText('0.31 % failed').waitFor()
      for (const peer of ['loopback', 'private', 'public'])
        expect(
          await panel.locator('.rtt-row', { hasText: peer }).locator('rect').count(),
        ).toBeGreaterThan(4)
      const dns = panel.getByRole('row', { name: /^9\.9\.9\.9/ })
      expect(await dns.getByRole('cell').allTextContents()).toEqual([
        '3.12k',
        '34.1 ms',
        '243',
        '7',
      ])
      expect(await dns.locator('.lossy').allTextContents()).toEqual(['243'])
    }))

  it('shows what the agent tells each second as long as there is no diagnosis', async () => {
    server.state.diagnosed = false
    await on('', async (page) => {
      const panel = await openHealth(page)
      await panel.getByText('Flow table in shared memory').waitFor()
      server.state.diagnosed = true
      await panel.getByText('Tier A').waitFor()
    })
  })
})

describePage('the colours of the panels', () => {
  it.each(['dark', 'light'] as const)(
    'every text of the panels can be read in the %s theme (WCAG AA)',
    async (theme) => {
      const { page, close } = await openPage(
        pages.browser(),
        `${pages.base()}/#flows?sort=-retransmits`,
        { theme },
      )
      await rows(page).first().click()
      await page.getByRole('button', { name: 'Columns' }).click()
      await expect.poll(() => page.evaluate(poorTexts), PATIENCE).toEqual([])
      await page.keyboard.press('Escape')
      await page.keyboard.press('s')
      await page.locator('.area').first().waitFor()
      await expect.poll(() => page.evaluate(poorTexts), PATIENCE).toEqual([])
      await close()
    },
  )
})
