/** The page in a flood, with long lists, and while server or agent are in trouble. */
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, until } from './open-page.ts'

vi.setConfig({ testTimeout: 120_000 })

const server = createFakeServer({ eventsPerSecond: 200 })
const pages = createPages(server)

const { on } = pages

const rows = (page: Page) => page.locator('.grid-body .row')

describePage('with a server under control, the page', () => {
  it('ends the packet stream when it shows something else', () =>
    on('#events', async (page) => {
      await until('a watcher', () => server.watchers() === 1)
      await page.keyboard.press('1')
      await rows(page).first().waitFor()
      await until('no watcher', () => server.watchers() === 0)
    }))

  it('keeps 10,000 packets of a flood, draws only those in sight, and tells what was lost', () =>
    on('#events', async (page) => {
      server.state.eventsPerSecond = 5000
      await page.getByText(/10,000 shown of 10,000 kept/).waitFor()
      server.state.eventsPerSecond = 200
      server.tellLost(42)
      await page.getByText('42 lost on the way here').waitFor()
      expect(await rows(page).count()).toBeLessThan(60)
      await page.locator('[role=grid]').focus()
      await page.keyboard.press('End')
      await until(
        'the last row',
        async () => (await page.locator('[aria-rowindex="10001"]').count()) === 1,
      )
    }))

  it('pages through a long list', () =>
    on('#lists?list=allow', async (page) => {
      for (let i = 0; i < 2500; i++) server.lists.allow.add(`172.16.${i >> 8}.${i & 255}`)
      await page.getByText('1 to 1,000 of 2,501 entries').waitFor()
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByText('1,001 to 2,000 of 2,501 entries').waitFor()
      await page.getByLabel('Search the list').fill('172.16.9.')
      await page.getByText(/^\d+ matching entries$/).waitFor()
    }))

  it('closes what was opened last first', () =>
    on('', async (page) => {
      await rows(page).nth(3).click()
      await page.keyboard.press('s')
      await page.locator('.status-panel').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('.status-panel').waitFor({ state: 'detached' })
      expect(await page.locator('.flow-detail').count()).toBe(1)
      await page.keyboard.press('Escape')
      await page.locator('.flow-detail').waitFor({ state: 'detached' })
    }))

  it('repeats the explanation of a refused filter', () =>
    on('#flows?q=refuse-me', async (page) => {
      await page.getByText('no filter of this form is known').first().waitFor()
    }))

  it('names what is wrong and what helps', () =>
    on('', async (page) => {
      server.state.healthy = false
      await page.getByText('Needs attention').waitFor()
      await page.keyboard.press('s')
      const panel = page.locator('.status-panel')
      await panel.getByText('Name an existing interface').waitFor()
      await panel.getByText('sysctl -w kernel.bpf_stats_enabled=1').waitFor()
      server.state.healthy = true
      await panel.getByText('Nothing is wrong.').waitFor()
    }))

  it('says that the agent is away, that the connection is lost, and recovers by itself', () =>
    on('', async (page) => {
      await page.locator('.connection.good').waitFor()
      server.state.agentConnected = false
      await page.locator('.banner', { hasText: 'The agent is not connected' }).waitFor()
      server.state.agentConnected = true
      await page.locator('.banner').waitFor({ state: 'detached' })
      server.state.down = true
      server.dropConnections()
      await page.locator('.banner', { hasText: 'The connection to NetScope is lost' }).waitFor()
      server.state.down = false
      await page.locator('.connection.good').waitFor()
    }))
})
