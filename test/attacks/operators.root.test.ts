/** Who counts as an operator at a real sshd: people who have signed in by SSH, but not who guesses their passwords. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sleep, until } from '../e2e/lab.ts'
import { createAttackLab, GATEWAY, type AttackHost, type Running } from './attack-lab.ts'
import { createSshServer } from './ssh-server.ts'

interface Action {
  target: string
  state: string
  steps: { state: string; reason: string }[]
}
interface Protected {
  prefix: string
  kind: string
}

const lab = createAttackLab()
const folder = mkdtempSync(join(tmpdir(), 'netscope-operators-'))
// Each wrong password takes PAM some two seconds, so that a connection of hydra's lives for twelve and more.
const ssh = createSshServer(join(folder, 'ssh'), ['UsePAM yes', 'LoginGraceTime 600'])
const WORDS = join(folder, 'words')
const nodeRun = (code: string): string => `${process.execPath} -e ${JSON.stringify(code)}`
/** Writes to whoever connects. */
const TALKER = `require('net').createServer((s) => { s.on('error', () => 0); const t = setInterval(() => s.write('x'), 100); s.on('close', () => clearInterval(t)) }).listen(7000)`
/** Connects to sshd and says nothing. */
const HOLDER = `require('net').connect(22,'${GATEWAY.v4}').on('error',()=>0).resume();setTimeout(()=>0,600000)`
const HYDRA = `sh -c 'cd ${folder}; exec hydra -I -l root -P ${WORDS} -t 32 ssh://${GATEWAY.v4}'`

const ask = (path: string): unknown =>
  JSON.parse(lab.here(`${lab.curl} -s 'http://127.0.0.1:8086${path}'`))
/** Addresses, sorted. */
const operators = (): string[] =>
  (ask('/api/v1/protected') as { protected: Protected[] }).protected
    .filter(({ kind }) => kind === 'operator')
    .map(({ prefix }) => prefix)
    .toSorted()
/** Whoever perhaps signs in is known to or not after a while. */
const onlyTheseWork = (addresses: string[]): Promise<unknown> =>
  until(operators, (all) => all.join() === addresses.join(), 60)
const actions = (): string[] =>
  (ask('/api/v1/actions') as { actions: Action[] }).actions.map(
    ({ target, state, steps }) => `${target} ${state} ${steps.at(-1)?.reason ?? ''}`,
  )
const sessions: Running[] = []
/** A session without a shell, through which the talker is heard. */
const signIn = async (from: AttackHost): Promise<Running> => {
  const session = from.start(
    `sh -c 'sleep 600 | ssh ${ssh.withKey} -W 127.0.0.1:7000 root@${GATEWAY.v4}'`,
  )
  sessions.push(session)
  await until(session.output, (text) => text.includes('x'), 30)
  return session
}
const reaches = (from: AttackHost, port: number): Promise<boolean> =>
  from
    .run(
      nodeRun(
        `const s=require('net').connect(${port},'${GATEWAY.v4}',()=>process.exit(0));setTimeout(()=>process.exit(1),700);s.on('error',()=>process.exit(1))`,
      ),
    )
    .then(
      () => true,
      () => false,
    )

const ADDRESSES = { early: '192.0.2.10', late: '192.0.2.20', guesser: '198.51.100.66' }
let hosts: Record<keyof typeof ADDRESSES, AttackHost>

beforeAll(async () => {
  writeFileSync(WORDS, Array.from({ length: 5000 }, (_, i) => `hunter${i}\n`).join(''))
  lab.up()
  const add = (v4: string): AttackHost => lab.addHost({ v4 })
  hosts = {
    ...{ early: add(ADDRESSES.early), late: add(ADDRESSES.late) },
    guesser: add(ADDRESSES.guesser),
  }
  lab.startHere(nodeRun(TALKER))
  lab.startHere(ssh.server)
  await sleep(500)
  // Both are there before NetScope is.
  await signIn(hosts.early)
  hosts.guesser.start(nodeRun(HOLDER))
  // SSH is dropped as everything else is, so that a block ends the guessing itself.
  await lab.netscope({ NETSCOPE_RESPOND_VERIFY_SECONDS: '2', NETSCOPE_NETWORK_SSH_PORTS: '2222' })
}, 120_000)
afterAll(async () => {
  await lab.down()
  rmSync(folder, { recursive: true, force: true })
}, 30_000)

it('who has signed in is one, before NetScope began as well as after it; who only holds a connection is none', async () => {
  await signIn(hosts.late)
  await onlyTheseWork([ADDRESSES.early, ADDRESSES.late])
})

it('who guesses is none, and is cut off by a policy that enforces, also from SSH, while sessions go on', async () => {
  const policy = {
    ...{ name: 'guessers', mode: 'enforce', when: 'detector = credential-guessing' },
    ...{ do: { block: 'address' }, for: '1h' },
  }
  const post = `${lab.curl} -s -X POST -H 'content-type: application/json'`
  const api = 'http://127.0.0.1:8086/api/v1/policies'
  lab.here(`${post} -d '${JSON.stringify(policy)}' ${api} && ${post} ${api}/guessers/confirm`)
  expect([await reaches(hosts.guesser, 7000), await reaches(hosts.guesser, 22)]).toEqual([
    true,
    true,
  ])
  const hydra = hosts.guesser.start(HYDRA)
  const { guesser } = ADDRESSES
  const isBlocked = (line: string) =>
    line.startsWith(`${guesser} in-force`) || line.startsWith(`${guesser} verified`)
  await until(actions, (all) => all.some(isBlocked), 120).catch((error: unknown) => {
    const alerts = lab.alertsOf().map(({ src, title }) => `${src} ${title}`)
    throw new Error([String(error), ...actions(), ...alerts, ...operators()].join('\n'))
  })
  await hydra.stop()
  expect([await reaches(hosts.guesser, 7000), await reaches(hosts.guesser, 22)]).toEqual([
    false,
    false,
  ])
  const connections = () => lab.here(`ss -Htn state established sport = 22 and dst ${guesser}`)
  await until(connections, (left) => left === '', 20)
  await onlyTheseWork([ADDRESSES.early, ADDRESSES.late])
  const heard = sessions.map((session) => session.output().length)
  await until(
    () => sessions.map((session) => session.output().length),
    (now) => now.every((length, i) => length > heard[i]!),
    10,
  )
}, 200_000)
