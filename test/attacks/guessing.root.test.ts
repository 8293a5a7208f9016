/** Guessing at log-ins by hydra and by ssh, at real servers, beside people and programs who log in there all day. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sleep } from '../e2e/lab.ts'
import { createAttackLab, type AttackHost, type FoundAlert } from './attack-lab.ts'
import { createSshServer } from './ssh-server.ts'

const lab = createAttackLab()
const folder = mkdtempSync(join(tmpdir(), 'netscope-guessing-'))
const SERVER = '10.78.1.1'
const WEB = `${process.execPath} ${join(import.meta.dirname, 'outside-server.ts')}`
const WORDS = join(folder, 'words')

interface Guesser {
  name: string
  v4: string
  command: string
  port: number
  /** Until it must be found. */
  seconds: number
}

const ssh = createSshServer(join(folder, 'ssh'))
const many = (body: string): string => `bash -c 'for i in $(seq 400); do ${body}; done'`

const GUESSERS: readonly Guesser[] = [
  {
    name: 'hydra at SSH, from inside',
    v4: '10.78.2.1',
    // Six passwords in each connection, until sshd ends it: some 30 seconds for twenty of them.
    command: `sh -c 'cd ${folder}; exec hydra -I -l admin -P ${WORDS} -t 16 ssh://${SERVER}'`,
    port: 22,
    seconds: 180,
  },
  {
    name: 'ssh with one password after the other, from outside',
    v4: '198.51.100.2',
    command: many(`sshpass -p secret$i ssh ${ssh.withPassword} root@${SERVER} true; sleep 0.5`),
    port: 22,
    seconds: 90,
  },
  {
    name: 'a script that takes its time at a form of a web server, from outside',
    v4: '198.51.100.4',
    command: many(
      `curl -s -o /dev/null -d "user=admin&password=secret$i" http://${SERVER}/login; sleep 0.2`,
    ),
    port: 80,
    // 150 tries, each of which starts a program.
    seconds: 200,
  },
  {
    name: 'hydra at a form of a web server, from outside',
    v4: '198.51.100.3',
    command: `sh -c 'cd ${folder}; exec hydra -I -l admin -P ${WORDS} -t 8 ${SERVER} http-post-form "/login:user=^USER^&password=^PASS^:F=Wrong"'`,
    port: 80,
    seconds: 60,
  },
]

/** Who does what looks like it. */
const TWINS: Readonly<Record<string, string>> = {
  '10.78.4.1': `bash -c 'while :; do ssh ${ssh.withKey} root@${SERVER} true; sleep 10; done'`,
  '10.78.4.2': `bash -c 'for i in 1 2; do sshpass -p wrong ssh ${ssh.withPassword} root@${SERVER} true; sleep 2; done; ssh ${ssh.withKey} root@${SERVER} true; sleep 300'`,
  '10.78.4.3': `bash -c 'for i in $(seq 20); do ssh ${ssh.withKey} root@${SERVER} "id; uname -a; cat /etc/os-release"; done; sleep 300'`,
  '10.78.4.4': `bash -c 'while :; do curl -s -o /dev/null http://${SERVER}/api/state; sleep 1; done'`,
  '10.78.4.5': `bash -c 'for i in 1 2 3; do curl -s -o /dev/null -d "user=a&password=wrong$i" http://${SERVER}/login; sleep 3; done; sleep 300'`,
  '10.78.4.7': `curl -s -o /dev/null -H "Connection: close" --rate 100/s "http://${SERVER}/small?[10000-99999]"`,
  '10.78.4.6': `bash -c 'while :; do curl -s -o /dev/null "http://${SERVER}/page/[1-20]"; sleep 0.3; done'`,
}

const hosts = new Map<string, AttackHost>()
const found = new Map<string, FoundAlert | string>()

const guess = async ({ v4, command, seconds, name }: Guesser): Promise<void> => {
  const startMs = Date.now()
  const child = hosts.get(v4)!.start(command)
  const wanted = { detector: 'credential-guessing', src: v4 }
  const result = await lab
    .waitForAlert(wanted, seconds, startMs)
    .catch((error: unknown) => `${String(error)}\n${child.output().slice(-500)}`)
  found.set(name, result)
  await sleep(5000)
  await child.stop()
}

beforeAll(async () => {
  writeFileSync(
    WORDS,
    Array.from(
      { length: 5000 },
      (_, i) => `${'hunter2password'.slice(0, 4 + (i % 11))}${i}\n`,
    ).join(''),
  )
  lab.up()
  const server = lab.addHost({ v4: SERVER })
  for (const v4 of [...GUESSERS.map((one) => one.v4), ...Object.keys(TWINS)])
    hosts.set(v4, lab.addHost({ v4 }))
  server.start(ssh.server)
  server.start(`${WEB} ${folder} ${SERVER}`)
  await lab.netscope()
  for (const [v4, command] of Object.entries(TWINS)) hosts.get(v4)!.start(command)
  await Promise.all(GUESSERS.map(guess))
  console.log(
    GUESSERS.map(({ name }) => {
      const result = found.get(name)!
      return `${name}: ${typeof result === 'string' ? 'not found' : `${result.afterMs} ms, ${result.alert.evidence.reason}`}`
    }).join('\n'),
  )
}, 300_000)
afterAll(async () => {
  await lab.down()
  rmSync(folder, { recursive: true, force: true })
}, 30_000)

it.each(GUESSERS)('$name: is found once, with who and whom', ({ name, v4, port }) => {
  const result = found.get(name)!
  if (typeof result === 'string') throw new Error(result)
  const all = lab.loudAlertsOf(({ src, dst }) => src === v4 || dst === v4)
  expect(all).toMatchObject([{ src: v4, dst: SERVER, dstPort: port, technique: 'T1110' }])
  expect(all[0]!.count).toBeGreaterThanOrEqual(20)
})

it('who logs in, mistypes, or asks a page again and again raises no alert', () => {
  const guessers = new Set(GUESSERS.map(({ v4 }) => v4))
  const others = lab.loudAlertsOf(({ src }) => !guessers.has(src))
  expect(others.map(({ title, evidence }) => `${title}: ${evidence.reason}`)).toEqual([])
})
