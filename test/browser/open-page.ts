/** Debian's Chromium and a page in it that remembers what went wrong. */
import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect } from 'vitest'

export const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
export const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Of what the page draws when it comes to it: other tests share the machine. */
export const PATIENCE = { timeout: 40_000, interval: 50 }

/** Whether there is a browser to test with. */
export const isInstalled = existsSync(EXECUTABLE)
if (!isInstalled)
  console.warn(
    `${EXECUTABLE} is missing: tests of the page are left out. As root: apt-get install chromium`,
  )

/** `describe` where there is a browser. */
export const describePage = describe.skipIf(!isInstalled)

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: EXECUTABLE, args: FLAGS, timeout: 100_000 })

export interface Opened {
  page: Page
  /** Errors of scripts and violations of the Content Security Policy. */
  problems: string[]
  close(): Promise<void>
}

interface View {
  width?: number
  height?: number
  theme?: 'dark' | 'light'
}

/** Opens `url` in a context of its own. */
export const openPage = async (browser: Browser, url: string, view: View = {}): Promise<Opened> => {
  const { width = 1280, height = 800, theme = 'dark' } = view
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme })
  context.setDefaultTimeout(PATIENCE.timeout)
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    // A refused request and a lost connection are the business of the tests that cause them.
    const ours = !message.text().startsWith('Failed to load resource')
    if (ours && ['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  await page.goto(url)
  return { page, problems, close: () => context.close() }
}

/** Opens `url`, hands the page to `use`, and demands that nothing went wrong in it on the way. */
export const withPage = async (
  browser: Browser,
  url: string,
  use: (page: Page) => Promise<void>,
): Promise<void> => {
  const { page, problems, close } = await openPage(browser, url)
  try {
    await use(page)
    expect(problems).toEqual([])
  } finally {
    await close()
  }
}

/** For all tests of a file: `server`, and a browser that opens its pages. */
export const createPages = (server: { start(): Promise<string>; stop(): Promise<void> }) => {
  let base = ''
  let browser: Browser | undefined
  const running = (): Browser => {
    if (!browser) throw new Error('the browser runs during tests only')
    return browser
  }
  beforeAll(async () => {
    if (!isInstalled) return
    const built = existsSync(new URL('../../web/dist/index.html', import.meta.url))
    if (!built) throw new Error('web/dist is missing: npm run build')
    base = await server.start()
    browser = await launchBrowser()
  })
  afterAll(async () => {
    if (!isInstalled) return
    await browser?.close()
    await server.stop()
  })
  return {
    /** URL of the server, without a slash at the end. */
    base: () => base,
    browser: running,
    /** Hands the page at `hash` to `use`, as withPage does. */
    on: (hash: string, use: (page: Page) => Promise<void>) =>
      withPage(running(), `${base}/${hash}`, use),
  }
}

/** Waits until `condition` holds, asking every 50 ms for up to `ms`; long, because other tests share the machine. */
export const until = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  ms = PATIENCE.timeout,
): Promise<void> => {
  const end = Date.now() + ms
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
