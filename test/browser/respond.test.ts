/** A real browser looks at what is done about alerts. */
import { expect, it, vi } from 'vitest'
import { poorTexts } from './contrast.ts'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, openPage, until, PATIENCE } from './open-page.ts'

vi.setConfig({ testTimeout: 120_000 })
const server = createFakeServer()
const pages = createPages(server)
const { on } = pages
const called = (call: string) => until(call, async () => server.respond.calls.includes(call))

describePage('the answers to alerts', () => {
  it('are actions with origin, end, what the kernel says, and the way back', () =>
    on('', async (page) => {
      await page.locator('.connection.good').waitFor()
      await page.keyboard.press('7')
      const row = page.getByRole('row', { name: '203.0.113.7' })
      await row.waitFor()
      expect(await row.innerText()).toMatch(
        /block address\s+verified[^]*a scan[^]*policy block-scanners[^]*in 5\d min[^]*0 packets passed, 1,250 dropped; 2 connections ended/,
      )
      await row.getByText('1 step').click()
      await row.getByText('dropped by fake').waitFor()
      await row.getByRole('button', { name: 'Undo' }).click()
      await called('POST actions/x1/undo')
      await page.getByRole('button', { name: 'Approve 198.51.100.9' }).click()
      await called('POST actions/x2/approve')
      await page.getByRole('button', { name: 'Reject 198.51.100.10' }).click()
      await called('POST actions/x3/reject')
    }))

  it('block by hand what people want, with a preview before', () =>
    on('#respond', async (page) => {
      await page.getByRole('textbox', { name: 'Block' }).fill('192.168.1.1')
      await page.getByRole('button', { name: 'Preview' }).click()
      await page.getByText('the gateway').waitFor()
      await page.getByRole('textbox', { name: 'Block' }).fill('198.51.100.77')
      await page.getByRole('button', { name: 'Preview' }).click()
      await page.getByText('it would have met 12 flows').waitFor()
      expect(server.respond.calls).not.toContain('POST actions')
      await page.getByRole('button', { name: 'Block now' }).click()
      await page.getByRole('row', { name: '198.51.100.77' }).waitFor()
    }))

  it('come from policies, which are confirmed, and made after a preview', () =>
    on('#respond?tab=policies', async (page) => {
      await page.getByRole('row', { name: 'block-scanners' }).waitFor()
      await page.getByText(/on trial for \d+ min \d\d s/).waitFor()
      await page.getByRole('button', { name: 'Confirm' }).click()
      await called('POST policies/block-scanners/confirm')
      await page.getByRole('button', { name: 'Add a policy' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Name').fill('mine')
      await dialog.getByLabel('Mode').selectOption('enforce')
      await dialog.getByLabel('Trial').fill('30m')
      await dialog.getByRole('button', { name: 'Preview' }).click()
      await dialog.getByText('it would have met 12 flows').waitFor()
      expect(server.respond.calls).not.toContain('POST policies')
      await dialog.getByRole('button', { name: 'Make the policy' }).click()
      const mine = page.getByRole('row', { name: 'mine' })
      await mine.waitFor()
      expect(await mine.innerText()).toMatch(
        /block the source, end its connections\s+1h[^]*enforce/,
      )
      await mine.getByRole('button', { name: 'Remove' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
      await mine.waitFor({ state: 'detached' })
    }))

  it('are told to channels, whose state and test are there; secrets are typed unseen', () =>
    on('#respond?tab=channels', async (page) => {
      const old = page.getByRole('row', { name: 'channel_is_archived' })
      await old.waitFor()
      await page.getByRole('button', { name: 'Test ops' }).click()
      await page.getByText('ops has taken it.').waitFor()
      await old.getByRole('button', { name: 'Test' }).click()
      await page.getByText('old has not taken it: channel_is_archived').waitFor()
      await page.getByRole('button', { name: 'Add a channel' }).click()
      const dialog = page.getByRole('dialog')
      expect(await dialog.getByLabel('URL').getAttribute('type')).toBe('password')
      await dialog.getByLabel('URL').fill('https://hooks.slack.com/services/T/B/x')
      await dialog.getByLabel('Name').fill('ops')
      await dialog.getByRole('button', { name: 'Add' }).click()
      await dialog.getByText('The name is taken. Choose another.').waitFor()
      await dialog.getByLabel('Name').fill('new')
      await dialog.getByLabel('At least').selectOption('high')
      await dialog.getByRole('button', { name: 'Add' }).click()
      await page.getByRole('row', { name: 'high and above' }).waitFor()
    }))

  it('rest on feeds and providers, and on what nothing may hit', () =>
    on('#respond?tab=feeds', async (page) => {
      const feed = page.getByRole('row', { name: 'spamhaus-drop' })
      await feed.waitFor()
      expect(await feed.innerText()).toMatch(/good\s+1,200 addresses\s+2 taken out[^]*yes/)
      await feed.getByRole('button', { name: 'Content' }).click()
      await page.getByRole('dialog').getByText('10.0.0.0/8 (private)').waitFor()
      await page.keyboard.press('Escape')
      await page.getByText('980 of 1,000').waitFor()
      await page.getByText('Look-up').click()
      await page.getByLabel('Address').fill('203.0.113.7')
      await page.getByRole('button', { name: 'Look up' }).click()
      await page.getByText('risk 84 of 100').waitFor()
      await page.getByText('weight 90 %, sure 93 %').waitFor()
      await page.getByText('reported 41 times').waitFor()
      await page.getByText('Protected').click()
      await page.getByText('the way out of fake').waitFor()
    }))

  it.each(['dark', 'light'] as const)('can be read in the %s theme', async (theme) => {
    for (const tab of ['', '?tab=policies', '?tab=channels', '?tab=feeds']) {
      const { page, close } = await openPage(pages.browser(), `${pages.base()}/#respond${tab}`, {
        theme,
      })
      await page.locator('.plain-table tbody tr').first().waitFor()
      await expect.poll(() => page.evaluate(poorTexts), PATIENCE).toEqual([])
      await close()
    }
  })

  it('fit a narrow screen', async () => {
    const opened = await openPage(pages.browser(), `${pages.base()}/#respond`, {
      width: 390,
      height: 700,
    })
    await opened.page.locator('.plain-table tbody tr').first().waitFor()
    const width = await opened.page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    expect(opened.problems).toEqual([])
    await opened.close()
  })
})
