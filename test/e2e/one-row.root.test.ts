/** All that is known of one connection stands in one row, and API, CLI, page and metrics agree on it. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Flow } from '@netscope/core/flow.ts'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCgroupMount } from '../../agent/src/enrich/cgroup-mount.ts'
import { EXECUTABLE, FLAGS, isInstalled } from '../browser/open-page.ts'
import { PASSWORD, createLab, HERE, removeCgroups, THERE, until } from './lab.ts'
import { signIn } from '../browser/sign-in.ts'

const ROOT = join(import.meta.dirname, '../..')
const PEERS = join(import.meta.dirname, 'one-row-peers.ts')
const NODE = join(ROOT, 'bin/node')
const NAME = 'shop.example'
const BYTES = 2_000_000
const CONTAINER = 'fedcba9876543210'.repeat(4)

/** Value of the series whose labels hold all `texts`. */
const seriesOf = (metrics: string, name: string, texts: readonly string[]): number =>
  Number(
    metrics
      .split('\n')
      .find((line) => line.startsWith(`${name}{`) && texts.every((text) => line.includes(text)))
      ?.split(' ')
      .at(-1),
  )

describe('a connection that has it all', () => {
  const lab = createLab()
  const mount = findCgroupMount(readFileSync('/proc/self/mountinfo', 'utf8'))!.path
  const parent = join(mount, `one-row-${process.pid}`)
  const cgroup = join(parent, `docker-${CONTAINER}.scope`)
  let client: ChildProcess
  let flow: Flow

  const flowNow = async (good: (flow: Flow) => boolean) => {
    const { flows } = await until(
      () => lab.flows('state=all&port=443'),
      (page) => page.flows.some(good),
      30,
    )
    return flows.find(good)!
  }

  beforeAll(async () => {
    lab.up()
    mkdirSync(cgroup, { recursive: true })
    const [certificate, key] = [join(lab.folder, 'cert.pem'), join(lab.folder, 'key.pem')]
    const make = `req -x509 -newkey rsa:2048 -nodes -subj /CN=test -days 1 -keyout ${key} -out ${certificate}`
    execFileSync('openssl', make.split(' '), { stdio: 'pipe' })
    await lab.netscope()
    lab.startThere(`${NODE} ${PEERS} server ${THERE.v4} ${certificate} ${key}`)
    await until(
      () => lab.there('ss -lnH'),
      (text) => text.includes(':443') && text.includes(':53'),
      30,
    )
    lab.there(
      `nft 'add table ip lossy; add chain ip lossy in { type filter hook prerouting priority -300; }; add rule ip lossy in tcp dport 443 ip length > 1000 numgen random mod 100 < 8 drop'`,
    )
    // One packet is one segment then: far more are dropped than the duplicates that the repair of some leads to.
    lab.here(`ethtool -K ${HERE.interface} tso off gso off`)
    const command = `${NODE} ${PEERS} client ${THERE.v4} ${NAME} ${BYTES}`
    client = spawn(
      'sh',
      [
        '-c',
        `echo $$ > ${cgroup}/cgroup.procs; exec ip netns exec ${lab.namespace} ${command} --password=hunter2`,
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    await once(client.stdout!, 'data')
    const tracing = lab.status().capabilities.find(({ name }) => name === 'tracing: drops')
    flow = await flowNow(
      ({ srcBytes, srcRetransmits, sni, dstName, srcContainer, srcRttMs, kernelDrops }) =>
        [srcBytes > BYTES, srcRetransmits > 0, srcRttMs > 0].every(Boolean) &&
        [sni, dstName, srcContainer].every((text) => text !== '') &&
        (!tracing?.ok || kernelDrops > 0),
    )
  }, 180_000)
  afterAll(async () => {
    client.kill()
    await lab.down()
    await removeCgroups(cgroup, parent)
  }, 120_000)

  it('has process, container, names, round trips and losses in one row', () => {
    expect(flow).toMatchObject({
      src: HERE.v4,
      dst: THERE.v4,
      srcProcess: 'node',
      dstProcess: 'node',
      srcPid: client.pid,
      srcContainer: `docker:${CONTAINER.slice(0, 12)}`,
      dstContainer: '',
      dstName: NAME,
      sni: NAME,
      connect: 'connected',
      srcTcpState: 'established',
    })
    expect(flow.ja4).toMatch(/^t13d/)
    expect(flow.srcRttMs).toBeGreaterThan(0)
    expect(flow.srcCommandLine).toContain('one-row-peers.ts')
    expect(flow.srcCommandLine).not.toContain('hunter2')
  })

  it('tells why the kernel dropped packets, where tracing is allowed', () => {
    const traces = lab.status().capabilities.find(({ name }) => name === 'tracing: drops')
    if (traces?.ok) {
      expect(flow.kernelDrops).toBeGreaterThan(0)
      expect(flow.dropReason).toBe('NETFILTER_DROP')
    } else expect(traces?.reason).not.toBe('')
  })

  it('looks the same to observe', () => {
    const text = lab.here(`${join(ROOT, 'bin/netscope')} observe --port 443 --format json`)
    const [seen] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Flow)
    for (const field of [
      'id',
      'srcPid',
      'srcContainer',
      'dstName',
      'sni',
      'ja4',
      'dropReason',
    ] as const)
      expect(seen?.[field]).toBe(flow[field])
    expect(lab.here(`${join(ROOT, 'bin/netscope')} observe --name ${NAME}`)).toContain('node[')
  })

  it.skipIf(!isInstalled)(
    'looks the same on the page',
    async () => {
      const wrapper = join(lab.folder, 'chromium')
      writeFileSync(wrapper, `#!/bin/sh\nexec ip netns exec ${lab.namespace} ${EXECUTABLE} "$@"\n`)
      chmodSync(wrapper, 0o755)
      const browser = await chromium.launch({ executablePath: wrapper, args: [...FLAGS] })
      const page = await browser.newPage({ viewport: { width: 1600, height: 900 } })
      await page.goto('http://127.0.0.1:8086/#flows?q=shop')
      await signIn(page, 'admin', PASSWORD)
      const row = page.locator('.grid-body .row').filter({ hasText: 'https' }).first()
      await row.waitFor()
      expect(await row.textContent()).toContain('node')
      await row.click()
      const detail = page.locator('.flow-detail')
      await detail.getByText(flow.ja4).first().waitFor()
      expect(await detail.textContent()).toContain(`docker:${CONTAINER.slice(0, 12)}`)
      await browser.close()
    },
    60_000,
  )

  it('has the same numbers in the metrics', async () => {
    client.stdin?.end()
    await once(client, 'exit')
    const last = await flowNow(({ end }) => end !== '')
    const labels = [`src_ip="${HERE.v4}"`, `dst_ip="${THERE.v4}"`, 'dst_port="443"']
    const metrics = await until(
      () => lab.get('/metrics'),
      (text) =>
        seriesOf(text, 'network_observability_tcp_bytes_sent_total', labels) ===
        last.srcSentBytes + last.dstSentBytes,
    )
    const value = (name: string) => seriesOf(metrics, `network_observability_${name}`, labels)
    expect(last.srcSentBytes).toBeGreaterThan(BYTES)
    expect(last.dstReceivedBytes).toBe(last.srcSentBytes)
    expect(value('tcp_bytes_recv_total')).toBe(last.srcReceivedBytes + last.dstReceivedBytes)
    expect(value('tcp_retransmissions_total')).toBe(last.srcRetransmits + last.dstRetransmits)
    expect(value('tcp_rtt_samples_total')).toBe(last.srcRttSamples + last.dstRttSamples)
  }, 60_000)
})
