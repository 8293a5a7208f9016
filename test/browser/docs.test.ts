/** The page of the API's document works under our content policy, with no file from elsewhere. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { startServer } from '../../server/src/fakes/running-server.ts'
import type { RunningServer } from '../../server/src/fakes/running-server.ts'
import { describePage, launchBrowser, openPage } from './open-page.ts'

describePage('/docs', () => {
  let running: RunningServer
  let browser: Browser
  beforeAll(async () => {
    running = await startServer()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await running.stop()
  })

  test('shows every operation, and asks nobody else', async () => {
    const { page, problems, close } = await openPage(browser, 'about:blank')
    const foreign: string[] = []
    page.on('request', (request) => {
      const isOwn = request.url().startsWith(running.server.url())
      if (!isOwn && !/^(data|about):/.test(request.url())) foreign.push(request.url())
    })
    await page.goto(`${running.server.url()}/docs/`)
    await page.waitForSelector('.opblock', { timeout: 60_000 })
    expect(await page.locator('.opblock').count()).toBeGreaterThan(40)
    await page.locator('#operations-flows-listFlows .opblock-summary').click()
    await page.waitForSelector('#operations-flows-listFlows .opblock-body')
    expect(foreign).toEqual([])
    // A style of one of its icons, which it does without.
    expect(problems.filter((text) => !text.includes('inline style'))).toEqual([])
    await close()
  }, 120_000)
})
