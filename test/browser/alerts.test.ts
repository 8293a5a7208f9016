/** A real browser looks at the alerts. */
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { poorTexts } from './contrast.ts'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, openPage, until, PATIENCE } from './open-page.ts'

vi.setConfig({ testTimeout: 120_000 })
const server = createFakeServer()
const pages = createPages(server)

const { on } = pages
const rows = (page: Page) => page.locator('.grid-body .row')
const three = (page: Page) => until('three alerts', async () => (await rows(page).count()) === 3)

describePage('the alerts', () => {
  it('are a table with the evidence in numbers, found by key and state', () =>
    on('', async (page) => {
      await page.locator('.connection.good').waitFor()
      await page.keyboard.press('6')
      await three(page)
      const first = await rows(page).first().innerText()
      expect(first).toMatch(
        /medium[^]*scans the ports[^]*tcp-scan[^]*203\.0\.113\.7[^]*ports that refused 998 \(>= 15\)[^]*1,000[^]*goes on/,
      )
      await page.getByLabel('State').selectOption('ended')
      await until('one alert', async () => (await rows(page).count()) === 1)
      expect(await rows(page).innerText()).toContain('192.168.1.77 is new')
    }))

  it('show what they rest on, and are called false positives with a reason', () =>
    on('#alerts?alert=a1', async (page) => {
      const panel = page.locator('.drawer')
      await panel.getByText('998 of 1,000 first contacts failed').waitFor()
      const shown = await panel.innerText()
      expect(shown).toMatch(/share that answered\s+0\.002\s+<= 0\.2/)
      expect(shown).toMatch(/duration\s+3\.4 s/)
      expect(shown).toContain('203.0.113.7:40000 → 192.168.1.20:22')
      expect(shown).toMatch(
        /Packets of 203\.0\.113\.7 \(pcapng\): 212, .* 45 from before the alert/,
      )
      expect(shown).toContain('The capture ring of fake reached back to then.')
      const link = panel.getByRole('link', { name: 'Packets of 203.0.113.7' })
      expect(await link.getAttribute('href')).toBe('/api/v1/alerts/a1/capture')
      await panel.getByLabel('Why').fill('our own scanner')
      await panel.getByLabel('Silence', { exact: true }).selectOption('for 1 day')
      await panel.getByRole('button', { name: 'Silence alerts like it' }).click()
      await until('a silence', async () => server.alerts.suppressions.length === 1)
      expect(server.alerts.suppressions[0]).toMatchObject({
        filter: 'detector = "tcp-scan" and src = 203.0.113.7 and dst = 192.168.1.20',
        ...{ reason: 'our own scanner', expiresInSeconds: 86_400 },
      })
      await panel.getByLabel('Why').fill('our own scanner')
      await panel.getByRole('button', { name: 'False positive' }).click()
      await panel.getByText('100 times its threshold').waitFor()
      server.alerts.suppressions.splice(0)
    }))

  it('are acknowledged and resolved with a note, which is in their history', () =>
    on('#alerts?alert=a1', async (page) => {
      const panel = page.locator('.drawer')
      await panel.getByText('began').waitFor()
      await panel.getByRole('link', { name: 'claims to be the gateway' }).waitFor()
      await panel.getByLabel('Note').fill('I look')
      await panel.getByRole('button', { name: 'Acknowledge' }).click()
      await panel.getByText(/acknowledged by ada.*: I look/).waitFor()
      await panel.getByLabel('Note').fill('it was us')
      await panel.getByRole('button', { name: 'Resolve' }).click()
      await panel.getByText('resolved it was us by ada').waitFor()
      await panel.getByRole('button', { name: 'Reopen' }).waitFor()
      await panel.getByRole('button', { name: 'Assign to me' }).click()
      await panel.getByText('ada looks after it').waitFor()
      await rows(page).filter({ hasText: 'resolved, ada' }).waitFor()
      await panel.getByText('policy block-scanners').waitFor()
      await panel.getByRole('link', { name: 'Block 203.0.113.7' }).click()
      await expect.poll(() => page.getByLabel('Block').inputValue(), PATIENCE).toBe('203.0.113.7')
    }))

  it('are stories, each with its timeline', () =>
    on('#alerts?part=incidents', async (page) => {
      await page.getByRole('link', { name: '203.0.113.7 scans' }).click()
      const steps = page.locator('.drawer .timeline li')
      await until('two steps', async () => (await steps.count()) === 2)
      await steps.filter({ hasText: 'claims to be the gateway' }).getByRole('link').click()
      await page.locator('.drawer').getByText('What is done about it').waitFor()
    }))

  it('are silenced by filter until an end, which can come before', () =>
    on('#alerts?part=silences', async (page) => {
      await page.getByLabel('Silence alerts that are').fill('severity < 40')
      await page.getByLabel('Because').fill('too many')
      await page.getByLabel('Holds').selectOption('for 8 hours')
      await page.getByRole('button', { name: 'Silence', exact: true }).click()
      const row = page.getByRole('row', { name: 'severity < 40' })
      await row.waitFor()
      expect(await row.innerText()).toMatch(/too many by ada[^]*in 7 h/)
      await row.getByRole('button', { name: 'Remove' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
      await page.getByText('Nothing is silenced').waitFor()
    }))

  it.each(['dark', 'light'] as const)('can be read in the %s theme', async (theme) => {
    const base = `${pages.base()}/#alerts?alert=a2`
    const { page, close } = await openPage(pages.browser(), base, { theme })
    await three(page)
    await page.locator('.drawer').getByText('Evidence').first().waitFor()
    await expect.poll(() => page.evaluate(poorTexts), PATIENCE).toEqual([])
    await close()
  })

  it('fit a narrow screen', async () => {
    const opened = await openPage(pages.browser(), `${pages.base()}/#alerts`, {
      width: 390,
      height: 700,
    })
    await three(opened.page)
    const width = () => opened.page.evaluate(() => document.documentElement.scrollWidth)
    expect(await width()).toBeLessThanOrEqual(390)
    await rows(opened.page).first().click()
    await opened.page.locator('.drawer').getByText('first contacts failed').waitFor()
    expect(await width()).toBeLessThanOrEqual(390)
    expect(opened.problems).toEqual([])
    await opened.close()
  })
})
