/** Exported events through Debian's rsyslog, over TCP, over UDP and from the file: it takes all of them and changes no byte. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sampleFlow, samplesOf } from '../../server/src/export/samples.ts'
import type { ExportLine, Exported } from '../../server/src/export/export-line.ts'
import { EXPORT_FORMATS } from '../../server/src/export/formats.ts'
import { fileSink } from '../../server/src/export/sinks/file.ts'
import { syslogSink } from '../../server/src/export/sinks/syslog.ts'
import { until } from '../../server/src/fakes/running-server.ts'
import { createOutgoing } from '../../server/src/outgoing/outgoing.ts'

/** bin/setup unpacks it there: installed it would run on this machine. */
const UNPACKED = join(import.meta.dirname, '../../.node/tools/rsyslog')
const PROGRAM = join(UNPACKED, 'usr/sbin/rsyslogd')
const LIBRARIES = join(
  UNPACKED,
  'usr/lib',
  `${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`,
)
const SECONDS = 30

let folder: string
let port: number
let rsyslog: ChildProcess
const path = (name: string): string => join(folder, name)

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: free } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return free
}

/** The settings of docs/reference/export.md. */
const configOf = () => `
global(maxMessageSize="64k" workDirectory="${folder}")
module(load="imtcp")
module(load="imudp")
module(load="imfile")
module(load="mmjsonparse")
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="events")
input(type="imudp" port="${port}" address="127.0.0.1" ruleset="events")
input(type="imfile" File="${path('events.json')}" Tag="netscope" ruleset="lines")
template(name="text" type="string" string="%msg%\\n")
template(name="parsed" type="string" string="%msgid% %parsesuccess% %$!netscope!agent%\\n")
ruleset(name="events") {
  action(type="omfile" file="${path('taken')}" template="text")
  action(type="mmjsonparse" cookie="")
  action(type="omfile" file="${path('parsed')}" template="parsed")
}
ruleset(name="lines") { action(type="omfile" file="${path('taken')}" template="text") }
`

const listens = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(() => resolve(true)))
    socket.on('error', () => resolve(false))
  })

const lineOf = (what: Exported, event: object): ExportLine => {
  const text = JSON.stringify(event)
  return { what, label: 'info', text, bytes: Buffer.byteLength(text) }
}

/** Of each format an event of each kind, and one that is as long and as strange as one may be. */
const linesOf = (longest: number): ExportLine[] =>
  EXPORT_FORMATS.flatMap((kind) => {
    const { flow, alert, action } = samplesOf(kind, '1.2.3')
    const strange = {
      ...{ ...sampleFlow(), dstName: 'q"\\\n\u2028\u0001ü€😀 %msg% $!x <13>1', srcPid: 1 },
      srcCommandLine: 'x'.repeat(longest - 5000),
    }
    return [
      ...[lineOf('flows', flow), lineOf('alerts', alert), lineOf('actions', action)],
      lineOf('flows', kind.create('1').flow(strange)),
    ]
  })

const texts = (lines: readonly ExportLine[]): string[] => lines.map(({ text }) => text)
const read = (name: string): string[] =>
  existsSync(path(name)) ? readFileSync(path(name), 'utf8').split('\n').slice(0, -1) : []

describe.skipIf(!existsSync(PROGRAM))('rsyslog', () => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'netscope-rsyslog-'))
    port = await freePort()
    writeFileSync(path('rsyslog.conf'), configOf())
    writeFileSync(path('events.json'), '')
    const args = [
      '-n',
      '-f',
      path('rsyslog.conf'),
      '-i',
      path('pid'),
      '-M',
      join(LIBRARIES, 'rsyslog'),
    ]
    rsyslog = spawn(PROGRAM, args, {
      ...{ stdio: 'ignore', env: { ...process.env, LD_LIBRARY_PATH: LIBRARIES } },
    })
    await until(listens, SECONDS)
  })
  afterEach(async () => {
    const ended = new Promise((resolve) => rsyslog.on('close', resolve))
    rsyslog.kill()
    await ended
    rmSync(folder, { recursive: true })
  })

  // A datagram is shorter than what a stream takes: 65,000 bytes with the syslog header at most.
  test.each([
    ['tcp', 64_000],
    ['udp', 30_000],
  ] as const)('takes events over %s', async (transport, longest) => {
    const lines = linesOf(longest)
    const settings = { host: '127.0.0.1', port, transport, facility: 16 }
    const outgoing = createOutgoing({ allow: ['127.0.0.1'] })
    const sink = syslogSink.open(settings, { outgoing, hostname: 'host-a', now: Date.now })
    expect(await sink.send({ id: 'a', lines })).toEqual({ kind: 'sent' })
    await until(() => read('parsed').length === lines.length, SECONDS)
    expect(read('taken').toSorted()).toEqual(texts(lines).toSorted())
    const kinds = read('parsed').map((line) => line.split(' '))
    expect(new Set(kinds.map(([msgid]) => msgid))).toEqual(new Set(['flow', 'alert', 'action']))
    expect(new Set(kinds.map(([, isParsed]) => isParsed))).toEqual(new Set(['OK']))
  })

  test('takes events from the file', async () => {
    const lines = linesOf(64_000)
    const now = Date.now
    const settings = { path: path('events.json'), maxMegabytes: 9, everyHours: 0, keep: 1 }
    const outgoing = createOutgoing({ allow: [] })
    const sink = fileSink.open({ ...settings, mode: '0640' }, { outgoing, hostname: '', now })
    await sink.send({ id: 'a', lines })
    await sink.close()
    await until(() => read('taken').length === lines.length, SECONDS)
    expect(read('taken')).toEqual(texts(lines))
  })
})
