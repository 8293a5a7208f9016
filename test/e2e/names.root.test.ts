/** Names on flows, of real lookups and real TLS between two network namespaces. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLab, HERE, THERE, until } from './lab.ts'

const PEERS = join(import.meta.dirname, 'names-peers.ts')
const NODE = join(import.meta.dirname, '../../bin/node')
const JA4 = /^t13d\d{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/

describe('a host that looks up names', () => {
  const lab = createLab()
  const visit = (name: string, ...options: string[]) =>
    lab.here(`${NODE} ${PEERS} client ${THERE.v4} ${name} ${options.join(' ')}`)
  const flowTo = async (port: number, name: string) => {
    const { flows } = await until(
      () => lab.flows(`state=all&port=${port}`),
      (page) => page.flows.some(({ dstName }) => dstName === name),
      20,
    )
    return flows.find(({ dstName }) => dstName === name)
  }

  beforeAll(async () => {
    lab.up()
    const [certificate, key] = [join(lab.folder, 'cert.pem'), join(lab.folder, 'key.pem')]
    execFileSync(
      'openssl',
      `req -x509 -newkey rsa:2048 -nodes -subj /CN=test -days 1 -keyout ${key} -out ${certificate}`.split(
        ' ',
      ),
      { stdio: 'pipe' },
    )
    await lab.netscope({ NETSCOPE_OBSERVE_HTTP_HOST: 'true' })
    lab.startThere(`${NODE} ${PEERS} server ${THERE.v4} ${certificate} ${key}`)
    await until(
      () => lab.there('ss -lnH'),
      (text) => text.includes(':443') && text.includes(':53'),
      20,
    )
  }, 180_000)
  afterAll(() => lab.down(), 60_000)

  it('sees the name that it asked for, and what it says in TLS and HTTP', async () => {
    visit('shop.example')
    expect(await flowTo(443, 'shop.example')).toMatchObject({
      src: HERE.v4,
      dst: THERE.v4,
      sni: 'shop.example',
      ja4: expect.stringMatching(JA4),
    })
    expect(await flowTo(80, 'shop.example')).toMatchObject({ httpHost: 'shop.example' })
  }, 60_000)

  it('reads a ClientHello of several segments', async () => {
    visit('long.shop.example', 'long')
    expect(await flowTo(443, 'long.shop.example')).toMatchObject({
      sni: 'long.shop.example',
      ja4: expect.stringMatching(JA4),
    })
  }, 60_000)

  it('counts what the server answered', async () => {
    const dns = await until(
      () => lab.status().dns,
      (servers) => servers.some(({ answers }) => answers >= 4),
    )
    const [server] = dns.filter((one) => one.server === THERE.v4)
    expect(server).toMatchObject({
      queries: server?.answers,
      unanswered: 0,
      rcodes: { NOERROR: 2, NXDOMAIN: 2 },
    })
    expect(server?.latencySumMs).toBeGreaterThan(0)
    expect(lab.status().observations).toMatchObject({ skipped: 0, lost: 0 })
  })
})
