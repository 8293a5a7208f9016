/** Who owns a connection and how its TCP does, on real connections between two network namespaces. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findCgroupMount } from '../../agent/src/enrich/cgroup-mount.ts'
import { createLab, HERE, removeCgroups, THERE, until, type FlowPage } from './lab.ts'

const BYTES = 3_000_000
const PORT = 7000
/** Sends BYTES to the port given, then reads to the end; lives long enough for the agent to read its command line. */
const SEND = `import socket,sys,time
s = socket.create_connection(("${THERE.v4}", int(sys.argv[1])))
s.sendall(b"x" * ${BYTES}); s.shutdown(1); s.recv(1); time.sleep(2)`
/** Takes connections one after the other, reads each to its end. */
const SINK = `import socket,sys
l = socket.create_server(("", int(sys.argv[1])))
while True:
    c, _ = l.accept()
    while c.recv(65536): pass
    c.close()`

/** A number of /proc/net/snmp's Tcp line. */
const snmp = (text: string, name: string): number => {
  const [names = '', values = ''] = text.split('\n').filter((line) => line.startsWith('Tcp:'))
  return Number(values.split(' ')[names.split(' ').indexOf(name)])
}

describe('a connection of this host', () => {
  const lab = createLab()
  const flowOf = async (port: number, good = (end: string) => end !== '') =>
    (
      await until(
        () => lab.flows(`state=all&port=${port}`),
        ({ flows }) => flows.length > 0 && flows.every(({ end }) => good(end)),
        30,
      )
    ).flows

  beforeAll(async () => {
    lab.up()
    writeFileSync(join(lab.folder, 'send.py'), SEND)
    writeFileSync(join(lab.folder, 'sink.py'), SINK)
    await lab.netscope()
    lab.startThere(`python3 ${lab.folder}/sink.py ${PORT}`)
    await until(
      () => lab.there('ss -tlnH'),
      (text) => text.includes(`:${PORT}`),
    )
  }, 180_000)
  afterAll(() => lab.down(), 60_000)

  it('shows the programs of both ends, what they sent and received, and its round trips', async () => {
    lab.here(`python3 ${lab.folder}/send.py ${PORT}`)
    const [flow] = await flowOf(PORT)
    expect(flow).toMatchObject({
      src: HERE.v4,
      srcProcess: 'python3',
      dstProcess: 'python3',
      srcUser: 'root',
      connect: 'connected',
      srcTcpState: 'closed',
      dstTcpState: 'closed',
      srcSentBytes: BYTES,
      dstReceivedBytes: BYTES,
      srcReceivedBytes: 0,
      dstSentBytes: 0,
    })
    expect(flow?.srcCommandLine).toContain('send.py')
    expect(flow?.srcPid).not.toBe(flow?.dstPid)
    expect(flow?.srcRttSamples).toBeGreaterThan(0)
    expect(flow?.srcRttMs).toBeGreaterThan(0)
    expect(flow?.connectMs).toBeGreaterThan(0)
  })

  it('counts the retransmissions that the kernel counts', async () => {
    const seen = lab.flows(`state=all&port=${PORT}`).flows.map(({ id }) => id)
    const sentAgain = () => snmp(lab.here('cat /proc/net/snmp'), 'RetransSegs')
    const before = sentAgain()
    const totalBefore = lab.status().tcp?.retransmits ?? 0
    lab.there(
      `nft 'add table ip lossy; add chain ip lossy in { type filter hook prerouting priority -300; }; add rule ip lossy in tcp dport ${PORT} ip length > 100 numgen random mod 100 < 8 drop'`,
    )
    // Of few super-packets none may be lost by chance.
    let sends = 0
    while (sends < 10 && sentAgain() === before) {
      lab.here(`python3 ${lab.folder}/send.py ${PORT}`)
      sends++
    }
    lab.there('nft delete table ip lossy')
    const flows = await until(
      () => lab.flows(`state=all&port=${PORT}`).flows.filter(({ id }) => !seen.includes(id)),
      (found) => found.length === sends && found.every(({ end }) => end !== ''),
    )
    const inKernel = sentAgain() - before
    expect(inKernel).toBeGreaterThan(0)
    expect(flows.reduce((sum, { srcRetransmits }) => sum + srcRetransmits, 0)).toBe(inKernel)
    const status = await until(
      () => lab.status(),
      ({ tcp }) => (tcp?.retransmits ?? 0) - totalBefore >= inKernel,
    )
    // Of the whole machine: others may have sent again as well.
    expect(status.tcp?.retransmits).toBeGreaterThanOrEqual(totalBefore + inKernel)
  }, 120_000)

  it('tells a refused connect from one that got no answer', async () => {
    lab.there(
      `nft 'add table ip hole; add chain ip hole in { type filter hook input priority 0; }; add rule ip hole in tcp dport 7002 drop'`,
    )
    lab.here(`nc -w 1 ${THERE.v4} 7004 < /dev/null || true`)
    lab.here(`nc -w 3 ${THERE.v4} 7002 < /dev/null || true`)
    const refused = await until(
      () => lab.flows('state=all&port=7004'),
      ({ flows }) => flows.some(({ connect }) => connect !== ''),
    )
    expect(refused.flows).toMatchObject([{ connect: 'refused', srcProcess: 'nc' }])
    const timedOut = await until(
      () => lab.flows('state=all&port=7002'),
      ({ flows }) => flows.some(({ connect }) => connect !== ''),
    )
    expect(timedOut.flows).toMatchObject([{ connect: 'timed-out', srcProcess: 'nc' }])
    expect(timedOut.flows[0]?.srcRetransmits).toBeGreaterThan(0)
    const { tcp } = lab.status()
    expect(tcp?.refused).toBeGreaterThanOrEqual(1)
    expect(tcp?.timedOut).toBeGreaterThanOrEqual(1)
  }, 60_000)

  it('knows the datagrams of a program and its container', async () => {
    const mount = findCgroupMount(readFileSync('/proc/self/mountinfo', 'utf8'))!.path
    const id = '0123456789abcdef'.repeat(4)
    const parent = join(mount, `docker-test-${process.pid}`)
    const cgroup = join(parent, `docker-${id}.scope`)
    mkdirSync(cgroup, { recursive: true })
    try {
      const send = `import socket; socket.socket(2, 2).sendto(b"x", ("${THERE.v4}", 7003))`
      execFileSync('sh', [
        '-c',
        `echo $$ > ${cgroup}/cgroup.procs; exec ip netns exec ${lab.namespace} python3 -c '${send}'`,
      ])
      const { flows } = await until(
        () => lab.flows('state=all&port=7003'),
        (page) => page.flows.some(({ srcContainer }) => srcContainer !== ''),
      )
      const [flow] = flows
      expect(flow).toMatchObject({
        srcProcess: 'python3',
        srcContainer: `docker:${id.slice(0, 12)}`,
        protocol: 'UDP',
      })
    } finally {
      await removeCgroups(cgroup, parent)
    }
  })

  it('names 100 programs that lived for a few milliseconds', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `prog-${i}`)
    for (const name of names) execFileSync('cp', ['/usr/bin/curl', join(lab.folder, name)])
    lab.here(
      `for i in $(seq 10); do for n in ${names.join(' ')}; do ${lab.folder}/$n -s -m 1 http://${THERE.v4}:7001/$n; done; done || true`,
    )
    const namedOf = (page: Pick<FlowPage, 'flows'>) =>
      page.flows.filter(({ srcProcess, srcPid }) => names.includes(srcProcess) && srcPid > 0)
    const { flows } = await until(
      () => lab.flows('state=all&port=7001'),
      (page) => page.total === 100 && namedOf(page).length >= 99,
    )
    const named = namedOf({ flows })
    expect(named.length).toBeGreaterThanOrEqual(99)
    expect(new Set(named.map(({ srcPid }) => srcPid)).size).toBe(named.length)
  }, 120_000)
})
