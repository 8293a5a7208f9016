/** A real browser looks into the history of flows. */
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, openPage, until } from './open-page.ts'

vi.setConfig({ testTimeout: 120_000 })
const server = createFakeServer({ flows: 180 })
const pages = createPages(server)

const { on } = pages
const rows = (page: Page) => page.locator('.grid-body .row')
const foot = (page: Page) => page.locator('.view-foot').innerText()
const heads = (page: Page) => page.locator('.grid-head').innerText()
const asked = () => server.stored.asked.at(-1)

describePage('the history in the flow table', () => {
  it('is chosen by its time, page after page, and left again', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      await page.getByLabel('Time').selectOption('1h')
      await until('fifty', async () => (await foot(page)).includes('The first 50 flows'))
      expect(page.url()).toContain('#flows?range=1h')
      expect(await heads(page)).toMatch(/Last seen[^]*Sent[^]*Received/)
      expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
      const [from, to] = [asked()?.get('from'), asked()?.get('to')]
      expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(3_600_000)
      await page.getByRole('button', { name: 'Read more' }).click()
      await until('a hundred', async () => (await foot(page)).includes('The first 100 flows'))
      expect([asked()?.get('cursor'), asked()?.get('to')]).toEqual(['50', to])
      await page.getByLabel('Time').selectOption('')
      await until('live', async () => (await foot(page)).includes('Refreshed every second'))
      expect(await heads(page)).toContain('Rate out')
    }))

  it('takes the same filter and sorts by what it can', () =>
    on('#flows?range=24h&q=protocol+%3D+udp&verdict=PASS', async (page) => {
      await rows(page).first().waitFor()
      expect(asked()?.get('filter')).toBe('(protocol = udp) and verdict = PASS')
      await page.getByRole('button', { name: 'Sent' }).click()
      await until('sorted', () => asked()?.get('sort') === '-srcBytes')
      await rows(page).first().click()
      await page.keyboard.press('Enter')
      await page.locator('.drawer').getByText('On the wire').waitFor()
    }))

  it('has ranges of your own, and says when one is none', () =>
    on('#flows?range=custom&from=2026-07-31T10:00&to=2026-07-31T09:00', async (page) => {
      await page.getByText('The end must be after the beginning').waitFor()
      await page.getByText('Choose a time that begins before it ends').waitFor()
      await page.getByLabel('To; empty').fill('')
      await rows(page).first().waitFor()
      expect(asked()?.get('from')).toBe(new Date(2026, 6, 31, 10).toISOString())
    }))

  it('tells why it cannot be read, and tries again', () =>
    on('#flows', async (page) => {
      server.stored.broken = true
      await page.getByLabel('Time').selectOption('15m')
      await page.getByText('The history of flows has stopped.').waitFor()
      server.stored.broken = false
      await page.getByRole('button', { name: 'Try again' }).click()
      await rows(page).first().waitFor()
    }))

  it('fits a phone, with the time of each flow', async () => {
    const { page, problems, close } = await openPage(
      pages.browser(),
      `${pages.base()}/#flows?range=1h`,
      {
        width: 390,
        height: 844,
        theme: 'light',
      },
    )
    await rows(page).first().waitFor()
    expect(await rows(page).first().locator('.c-age').innerText()).toMatch(/^\d\d-\d\d \d\d:\d\d/)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(390)
    expect(problems).toEqual([])
    await close()
  })
})

describePage('the agents', () => {
  it('are a table; what is wrong with one stands in its panel', () =>
    on('#agents', async (page) => {
      await rows(page).first().waitFor()
      expect(await rows(page).allInnerTexts()).toEqual([
        expect.stringMatching(/Degraded[^]*berlin[^]*not yet[^]*−4\.20 s/),
        expect.stringMatching(/Connected[^]*gateway[^]*this machine[^]*in force/),
        expect.stringMatching(/Away[^]*oslo[^]*1 h ago/),
      ])
      await rows(page).first().dblclick()
      const panel = page.locator('.drawer')
      await panel.getByText('no tracing on this kernel').waitFor()
      expect(await panel.innerText()).toContain('change 3 of 4 in force')
    }))

  it('are invited by a command that is shown once', () =>
    on('#agents', async (page) => {
      await page.getByRole('button', { name: 'Invite an agent' }).click()
      await page.getByLabel('Name').fill('paris')
      await page.getByRole('button', { name: 'Make the invitation' }).click()
      await page.getByText('netscope agent --server 192.0.2.1:8087 --token nsj_abc').waitFor()
      expect(server.agents.invited).toEqual([{ name: 'paris', expiresInSeconds: 3600 }])
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByText('nsj_abc').waitFor({ state: 'detached' })
    }))

  it('are shut out after a question', () =>
    on('#agents', async (page) => {
      await rows(page).filter({ hasText: 'oslo' }).dblclick()
      await page.getByRole('button', { name: 'Shut it out' }).click()
      await page.getByRole('button', { name: 'Shut out', exact: true }).click()
      await until('two left', async () => (await rows(page).count()) === 2)
      expect(server.agents.agents.map(({ name }) => name)).toEqual(['berlin', 'gateway'])
    }))
})
