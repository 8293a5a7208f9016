/** The page in a real browser, on the real server and kernel: see a flow, block it, see the packets stop, undo. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describePage, EXECUTABLE, FLAGS, isInstalled } from '../browser/open-page.ts'
import { signIn } from '../browser/sign-in.ts'
import { createLab, PASSWORD, THERE } from './lab.ts'

const PAGE = 'http://127.0.0.1:8086/'

describePage('the page of a running NetScope', () => {
  const lab = createLab()
  let browser: Browser
  let page: Page

  /** The browser runs on the first host, because the page is on its loopback. */
  const launchHere = () => {
    const wrapper = join(lab.folder, 'chromium')
    writeFileSync(wrapper, `#!/bin/sh\nexec ip netns exec ${lab.namespace} ${EXECUTABLE} "$@"\n`)
    chmodSync(wrapper, 0o755)
    return chromium.launch({ executablePath: wrapper, args: [...FLAGS] })
  }
  const row = () => page.locator('.grid-body .row').filter({ hasText: THERE.v4 }).first()

  beforeAll(async () => {
    if (!isInstalled) return
    lab.up()
    await lab.netscope({ NETSCOPE_RESPOND_VERIFY_SECONDS: '1' })
    lab.startHere(`ping -i 0.2 ${THERE.v4}`)
    browser = await launchHere()
    page = await browser.newPage()
    await page.goto(PAGE)
    await signIn(page, 'admin', PASSWORD)
  }, 180_000)
  afterAll(async () => {
    if (!isInstalled) return
    await browser.close()
    await lab.down()
  }, 60_000)

  it('shows the flow of a running ping', async () => {
    await row().waitFor()
    expect(await row().textContent()).toContain('ICMP')
    expect(await row().textContent()).toContain('PASS')
  })

  it('filters it away and back', async () => {
    await page.keyboard.press('/')
    await page.keyboard.type('protocol-of-nobody')
    await row().waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Clear the filter' }).click()
    await row().waitFor()
  })

  it('blocks the address: the kernel drops its packets, and undo lets them through', async () => {
    await row().click()
    await page.getByRole('button', { name: `Block ${THERE.v4}` }).click()
    await page.keyboard.type('seen in the browser test')
    await page.keyboard.press('Enter')
    await page.locator('.toast', { hasText: 'is blocked' }).waitFor()
    expect(() => lab.here(`ping -c 1 -W 1 ${THERE.v4}`)).toThrow()
    expect(lab.get('/blacklist')).toContain('seen in the browser test')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.locator('.toast', { hasText: 'no longer blocked' }).waitFor()
    expect(lab.here(`ping -c 1 -W 1 ${THERE.v4}`)).toContain('1 received')
  })

  it('answers by hand: a block after a preview is in force, verified by the kernel, and undone', async () => {
    await page.goto(`${PAGE}#respond`)
    await page.getByLabel('Block').fill(THERE.v4)
    await page.getByRole('button', { name: 'Preview' }).click()
    await page.getByText(`A block of ${THERE.v4} would have met`).waitFor()
    await page.getByRole('button', { name: 'Block now' }).click()
    const action = page.getByRole('row', { name: THERE.v4 })
    await action.locator('.badge', { hasText: 'verified' }).waitFor()
    expect(await action.innerText()).toContain('0 packets passed')
    expect(() => lab.here(`ping -c 1 -W 1 ${THERE.v4}`)).toThrow()
    await action.getByRole('button', { name: 'Undo' }).click()
    await action.locator('.badge', { hasText: 'undone' }).waitFor()
    expect(lab.here(`ping -c 1 -W 1 ${THERE.v4}`)).toContain('1 received')
  })

  it('shows its packets, and pauses', async () => {
    await page.goto(`${PAGE}#events?q=${THERE.v4}`)
    await row().waitFor()
    await page.keyboard.press('p')
    await page.getByText(/^Paused: [1-9][\d,]* new$/).waitFor()
  })
})
