/** What a row and the panel of a flow say of a connection: which program, which name, how fast, what is lost. */
import type { Page } from 'playwright-core'
import { expect, it, vi } from 'vitest'
import { createFakeServer } from './fake-server.ts'
import { createPages, describePage, until } from './open-page.ts'

const server = createFakeServer({ flows: 180 })

vi.setConfig({ testTimeout: 120_000 })

const pages = createPages(server)

const { on } = pages

const rows = (page: Page) => page.locator('.grid-body .row')
const cell = (page: Page, key: string) => rows(page).first().locator(`.c-${key}`)
const texts = (page: Page, key: string) => page.locator(`.grid-body .c-${key}`).allTextContents()
/** The panel of the first row. */
const openFirst = async (page: Page) => {
  await rows(page).first().click()
  const detail = page.locator('.flow-detail')
  await detail.locator('.endpoint').first().waitFor()
  return detail
}

describePage('a row of the flow table', () => {
  it('names server and program, and tells how slow and how lossy the connection is', () =>
    on('#flows?q=nightly-backup', async (page) => {
      await until('names', async () => (await cell(page, 'dst').textContent()) !== '')
      expect(await cell(page, 'dst').textContent()).toBe('backup.lan10.0.0.30')
      expect(await cell(page, 'process').textContent()).toBe('rsync nightly-backup')
      expect(await cell(page, 'rtt').textContent()).toMatch(/^\d\d\.\d ms$/)
      const [line = ''] = (
        (await cell(page, 'rtt').locator('span').getAttribute('title')) ?? ''
      ).split('\n')
      expect(line).toMatch(/^Client measures .+ ms, smallest .+ ms, [\d,]+ samples$/)
      const lossy = cell(page, 'retrans').locator('.lossy')
      expect(await lossy.textContent()).toMatch(/^[\d.]+k? 2\.\d+ %$/)
      expect(await lossy.getAttribute('title')).toContain('packets sent again')
    }))

  it('names both programs when both are on this host', () =>
    on('#flows?q=php-fpm', async (page) => {
      await rows(page).first().waitFor()
      for (const text of await texts(page, 'process')) expect(text).toContain('php-fpm → postgres')
    }))

  it('warns of drops by the kernel, with the reason in words', () =>
    on('#flows?q=php-fpm', async (page) => {
      const mark = rows(page).locator('.drop-mark').first()
      await mark.waitFor()
      expect(await mark.getAttribute('title')).toMatch(
        /^[\d,]+ packets? dropped by the kernel: The receive buffer was full.*\(SOCKET_RCVBUFF\)$/,
      )
    }))

  it('says why it does not know a value instead of showing a zero', () =>
    on('#flows?protocol=ICMP', async (page) => {
      await rows(page).first().waitFor()
      for (const [key, why] of [
        ['rtt', 'Only TCP is measured'],
        ['process', ''],
      ] as const) {
        const unknown = cell(page, key).locator('.zero')
        expect(await unknown.textContent()).toBe('–')
        expect(await unknown.getAttribute('title')).toContain(why)
      }
    }))

  it.each([
    ['jellyfin', 'process'],
    ['googlevideo', 'dst'],
    ['docker:4f1c', 'process'],
  ])('is found by "%s"', (word, key) =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type(word)
      await until(`only ${word}`, async () => {
        const found = await texts(page, key)
        return found.length > 0 && found.every((text) => text.includes(word))
      })
    }),
  )

  it('comes first when its round trip is the longest, and last when its program is not known', () =>
    on('', async (page) => {
      await rows(page).first().waitFor()
      await page.getByRole('button', { name: 'RTT' }).click()
      await until('124 ms and more first', async () => {
        const [first = ''] = await texts(page, 'rtt')
        return /^1[2-9]\d ms$/.test(first)
      })
      await page.getByRole('button', { name: 'Process' }).click()
      await until(
        'programs by name',
        async () => (await texts(page, 'process'))[0]?.startsWith('chronyd') === true,
      )
    }))
})

describePage('the panel of a flow', () => {
  it('shows the program with its command line, container and user, and leads to its flows', () =>
    on('#flows?q=jellyfin', async (page) => {
      const detail = await openFirst(page)
      const client = detail.locator('.endpoint', { hasText: 'Client' })
      for (const text of [
        'jellyfin',
        'pid 2291',
        'docker:4f1c09d2ab77',
        '--webdir=/usr/share/jellyfin/web',
      ])
        await client.getByText(text).first().waitFor()
      await client.getByRole('button', { name: 'Copy the command line' }).waitFor()
      const server_ = detail.locator('.endpoint', { hasText: 'Server' })
      await server_.getByText('no socket on this host').waitFor()
      await server_.getByText('rr4---sn-4g5e6nsk.c.googlevideo.com').waitFor()
      expect(await client.getByRole('link', { name: 'Its flows' }).getAttribute('href')).toBe(
        '#flows?q=jellyfin',
      )
    }))

  it('shows the health of TCP on both sides, names, JA4 and why packets were dropped', () =>
    on('#flows?q=php-fpm', async (page) => {
      const detail = await openFirst(page)
      const line = (label: string) =>
        detail.getByRole('row', { name: new RegExp(`^${label} `) }).getByRole('cell')
      expect(await line('State').allTextContents()).toEqual(['established', 'established'])
      for (const text of await line('Smallest RTT').allTextContents())
        expect(text).toMatch(/^\d+ µs$/)
      expect((await line('Payload sent').allTextContents()).join()).toMatch(/B,.+B/)
      await detail.getByText(/Handshake complete, .+ at the interface · connected in/).waitFor()
      await detail
        .getByText(/The receive buffer was full: the program reads too slowly\./)
        .waitFor()
      await detail.getByText('SOCKET_RCVBUFF').waitFor()
      await page.goto(`${pages.base()}/#flows?q=jellyfin`)
      await until(
        'jellyfin',
        async () => (await texts(page, 'process'))[0]?.includes('jellyfin') === true,
      )
      await openFirst(page)
      await detail.getByRole('button', { name: 'Copy the JA4' }).waitFor()
    }))

  it('shows every value once', () =>
    on('#flows?q=jellyfin', async (page) => {
      const detail = await openFirst(page)
      for (const label of ['Container of src', 'RTT of src', 'TLS server name', 'Drop reason'])
        expect(await detail.getByText(label, { exact: true }).count(), label).toBeLessThan(2)
      expect(await detail.getByText('t13d1516h2_8daaf6152771_02713d6af862').count()).toBe(1)
    }))
})
