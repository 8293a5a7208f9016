/**
 * A real browser drives the page. Alone it runs against the fake server; with NETSCOPE_PAGE_URL
 * against a running NetScope.
 */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createFakeServer } from './fake-server.ts'
import { describePage, isInstalled, launchBrowser, until, withPage } from './open-page.ts'

const given = process.env['NETSCOPE_PAGE_URL']
const server = createFakeServer({ flows: 180, eventsPerSecond: 200 })

vi.setConfig({ testTimeout: 120_000 })

let base = given ?? ''
let browser: Browser

beforeAll(async () => {
  if (!isInstalled) return
  const built = existsSync(new URL('../../web/dist/index.html', import.meta.url))
  if (!built) throw new Error('web/dist is missing: npm run build')
  if (!given) base = await server.start()
  browser = await launchBrowser()
})

afterAll(async () => {
  if (!isInstalled) return
  await browser.close()
  if (!given) await server.stop()
})

const on = (hash: string, use: (page: Page) => Promise<void>) =>
  withPage(browser, `${base}/${hash}`, use)

const rows = (page: Page) => page.locator('.grid-body .row')
const texts = (page: Page, selector: string) =>
  page.locator(`.grid-body ${selector}`).allTextContents()
const focusTable = (page: Page) => page.locator('[role=grid]').focus()
/** The IPv4 client of the first flow that is on no list, for a search that finds it. */
const someClient = async (page: Page) => {
  await rows(page).first().waitFor()
  const row = rows(page).filter({ hasText: /PASS(192\.168|10\.0)\./ })
  const title = await row.first().locator('.c-src .address').getAttribute('title')
  return (title ?? '').replace(/:\d+$/, '')
}

describePage('the flow table', () => {
  it('shows live flows with units, a chart, and keeps moving', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      await page.locator('.connection.good').waitFor()
      expect(await page.locator('.chart canvas').count()).toBe(1)
      expect((await texts(page, '.c-bytes')).join()).toMatch(/\d (k|M|G)?B/)
      const before = await texts(page, '.c-bytes')
      await until(
        'new values',
        async () => (await texts(page, '.c-bytes')).join() !== before.join(),
      )
    }))

  it('filters by text from the keyboard, keeps it in the URL, and a link brings it back', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('udp')
      await until('only UDP', async () => {
        const protocols = await texts(page, '.c-protocol')
        return protocols.length > 0 && protocols.every((name) => name === 'UDP')
      })
      expect(page.url()).toContain('#flows?q=udp')
      await page.goto(`${base}/#flows?verdict=SSH`)
      await until('only SSH', async () => {
        const verdicts = await texts(page, '.c-verdict')
        return verdicts.every((name) => name === 'SSH')
      })
      expect(await page.getByLabel('Verdict').inputValue()).toBe('SSH')
    }))

  it('says so when nothing matches, and clears the filter', () =>
    on('#flows?q=nothing-like-this', async (page) => {
      await page.getByText('No flow matches the filter').waitFor()
      await page.getByRole('button', { name: 'Clear the filter' }).click()
      await rows(page).first().waitFor()
    }))

  it('sorts by a column and turns the order round', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      const head = page.getByRole('columnheader', { name: /^Port/ })
      const ports = async () => (await texts(page, '.c-port .mono')).map(Number)
      await head.getByRole('button').click()
      await until('ascending ports', async () => isSorted(await ports()))
      expect(await head.getAttribute('aria-sort')).toBe('ascending')
      await head.getByRole('button').click()
      await until('descending ports', async () => isSorted((await ports()).toReversed()))
    }))

  it('keeps focus, selection and the open details while it refreshes', () =>
    on('#flows?sort=firstSeen', async (page) => {
      await rows(page).first().waitFor()
      await focusTable(page)
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Enter')
      const drawer = page.locator('.flow-detail')
      await drawer.getByText('Community ID').waitFor()
      const chosen = await page.locator('[role=grid]').getAttribute('aria-activedescendant')
      await page.waitForTimeout(2200)
      expect(await page.locator('[role=grid]').getAttribute('aria-activedescendant')).toBe(chosen)
      expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid')
      for (const label of ['Source port', 'Destination', 'SYN-ACK', 'First seen', 'Interface'])
        expect(await drawer.getByText(label, { exact: true }).count(), label).toBe(1)
      await page.keyboard.press('Escape')
      await drawer.waitFor({ state: 'detached' })
    }))

  it('blocks an address with a reason, shows what happens, and undoes it', () =>
    on('', async (page) => {
      const address = await someClient(page)
      await page.goto(`${base}/#flows?q=${address}`)
      await until('its flows', async () =>
        (await page.locator('.grid-body .row').allTextContents()).every((text) =>
          text.includes(address),
        ),
      )
      await rows(page)
        .filter({ has: page.locator(`.c-src .address[title^="${address}:"]`) })
        .filter({ hasNotText: 'SSH' })
        .first()
        .click()
      await page.getByRole('button', { name: `Block ${address}` }).click()
      await page.getByText(`Drops every packet from and to ${address}`).waitFor()
      await page.keyboard.type('browser test')
      await page.keyboard.press('Enter')
      // Under the pointer the offer to undo stays, however long the address is silent.
      await page.locator('.toast', { hasText: 'is blocked' }).hover()
      await page.locator('.held-deny', { hasText: 'browser test' }).waitFor()
      await until('DROP', async () => (await texts(page, '.c-verdict')).includes('DROP'), 40_000)
      await page.getByRole('button', { name: 'Undo' }).click()
      await page.locator('.toast', { hasText: 'no longer blocked' }).waitFor()
      await page.locator('.held-deny').waitFor({ state: 'detached' })
    }))
})

const isSorted = (values: readonly number[]): boolean =>
  values.length > 1 && values.every((value, i) => i === 0 || (values[i - 1] as number) <= value)

describePage('the packet table', () => {
  it('runs, pauses without losing what arrives, and resumes', () =>
    on('#events', async (page) => {
      await rows(page).first().waitFor()
      await page.keyboard.press('p')
      const paused = page.getByText(/^Paused: [1-9][\d,]* new$/)
      const arrived = await paused.textContent()
      const frozen = await texts(page, '.c-time')
      await until('more', async () => (await paused.textContent()) !== arrived)
      expect(await texts(page, '.c-time')).toEqual(frozen)
      await page.keyboard.press('p')
      await page.getByText('Watching while this view is open').waitFor()
      await until('newer rows', async () => (await texts(page, '.c-time')).join() !== frozen.join())
    }))

  it('holds still when somebody scrolls, and runs again from the top', () =>
    on('#events', async (page) => {
      await until('a screenful', async () => (await rows(page).count()) > 20)
      const scroller = page.locator('.grid-scroll')
      await scroller.evaluate((element) => element.scrollTo({ top: 300 }))
      await page.getByRole('button', { name: 'Resume' }).waitFor()
      await scroller.evaluate((element) => element.scrollTo({ top: 0 }))
      await page.getByRole('button', { name: 'Pause' }).waitFor()
    }))

  it('filters by protocol and by the beginning of an address', () =>
    on('#events', async (page) => {
      await rows(page).first().waitFor()
      await page.getByLabel('Protocol').selectOption('UDP')
      await until('only UDP', async () => {
        const names = await texts(page, '.c-proto')
        return names.length > 0 && names.every((name) => name === 'UDP')
      })
      await page.keyboard.press('/')
      await page.keyboard.type('192.168.')
      await until('only 192.168.', async () => {
        const ends = await page.locator('.grid-body .row').allTextContents()
        return ends.length > 0 && ends.every((text) => text.includes('192.168.'))
      })
      expect(page.url()).toContain('address=192.168.')
    }))
})

describePage('the lists', () => {
  it('explain a wrong address, take a right one, find it, remove it and bring it back', () =>
    on('#lists', async (page) => {
      const input = page.getByLabel('Address or prefix')
      await input.fill('10.0.0.300')
      await page.keyboard.press('Enter')
      await page.locator('.list-form [role=alert]').waitFor()
      await input.fill('198.18.7.0/24')
      await page.getByLabel('Reason').fill('browser test')
      await page.getByLabel('Reason').press('Enter')
      const row = rows(page).filter({ hasText: '198.18.7.0/24' })
      await row.getByText('browser test').waitFor()
      await page.getByLabel('Search the list').fill('198.18.7')
      await until('one row', async () => (await rows(page).count()) === 1)
      const remove = page.getByRole('button', { name: 'Remove 198.18.7.0/24' })
      await remove.click()
      await page.getByText('No entry matches').waitFor()
      await page.keyboard.press('u')
      await row.getByText('browser test').waitFor()
      await remove.click()
      await page.getByText('No entry matches').waitFor()
    }))
})
