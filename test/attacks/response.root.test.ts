/** Answers to real scans: policies that observe, ask and enforce, and what none of them may cut off. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sleep, until } from '../e2e/lab.ts'
import { createAttackLab, GATEWAY, type AttackHost, type Running } from './attack-lab.ts'
import { CATCHER, type Message } from './message-catcher.ts'
import { createSshServer } from './ssh-server.ts'

interface Action {
  id: string
  state: string
  inForce: boolean
  target: string
  terminated: number | null
  latencyMs: number | null
  forSeconds: number
  preview: { flows: number } | null
  verification: { passedPackets: number; droppedPackets: number } | null
  steps: { state: string; reason: string }[]
}
type Json = Record<string, unknown>

const CONNECTIONS = 12
/** Writes to whoever connects, and is a web server to whoever asks. */
const TALKER = `require('net').createServer((s) => { s.on('error', () => 0); const t = setInterval(() => s.write('x'), 100); s.on('close', () => clearInterval(t)) }).listen(7000)`
const CLOSER = `require('net').createServer((s) => { s.on('error', () => 0); s.end('hello') }).listen(7001)`
/** So many connections one after the other, each from a port of its own. */
const CONNECTOR = (host: string) =>
  `const n=require('net');let i=0;const next=()=>{if(i++===${CONNECTIONS})return;const s=n.connect({host:'${host}',port:7001,localPort:41000+i});const t=setTimeout(()=>s.destroy(),400);s.on('error',()=>0);s.resume();s.on('close',()=>{clearTimeout(t);next()})};next()`
const nodeRun = (code: string): string => `${process.execPath} -e ${JSON.stringify(code)}`

const lab = createAttackLab()
let folder: string
let sshOptions = ''
let catcher: Running
const hosts: Record<string, AttackHost> = {}
const programs: Running[] = []

const ask = (method: string, path: string, body?: object): Json => {
  const data =
    body === undefined ? '' : `-H 'content-type: application/json' -d '${JSON.stringify(body)}'`
  const text = lab.here(`${lab.curl} -s -X ${method} ${data} 'http://127.0.0.1:8086${path}'`)
  return text === '' ? {} : (JSON.parse(text) as Json)
}
const actionsOf = (target: string): Action[] =>
  ask('GET', `/api/v1/actions?target=${target}`)['actions'] as Action[]
const actionIn = (target: string, states: readonly string[], seconds: number) =>
  until(
    () => actionsOf(target),
    (all) => all.some(({ state }) => states.includes(state)),
    seconds,
  ).then(
    (all) => all.find(({ state }) => states.includes(state))!,
    (error: unknown) => {
      const alerts = lab
        .alertsOf()
        .map(({ src, dst, title, state }) => `${src} ${dst} ${state} ${title}`)
      const others = (ask('GET', '/api/v1/actions')['actions'] as Action[]).map(
        (one) => `${one.target} ${one.state} ${one.steps.at(-1)?.reason ?? ''}`,
      )
      throw new Error([String(error), ...alerts, ...others].join('\n'))
    },
  )

/** The steps of an action in the audit log, the first one first. */
const auditOf = ({ id }: Action, { v4 }: AttackHost): string[] => {
  const { entries } = ask('GET', '/api/v1/audit') as {
    entries: { action: string; target: string }[]
  }
  const told = entries.filter(({ target }) => target === `${v4} ${id}`)
  return told.map(({ action }) => action).toReversed()
}

/** Answers scans of one host; confirmed, unless told otherwise. */
const addPolicy = (name: string, host: AttackHost, given: object, confirm = true): Json => {
  const made = ask('POST', '/api/v1/policies', {
    ...{ name, when: `detector ~ scan and src = ${host.v4}`, for: '8s' },
    ...{ do: { block: 'address', terminate: true }, ...given },
  })
  if (confirm && made['trial'] === 'running') ask('POST', `/api/v1/policies/${name}/confirm`)
  return made
}

const addHost = (name: string, v4: string): AttackHost => {
  const host = lab.addHost({ v4 })
  hosts[name] = host
  return host
}
const host = (name: string): AttackHost => hosts[name]!
/** Whether NetScope's host answers there. */
const reaches = (from: AttackHost): Promise<boolean> =>
  from
    .run(
      nodeRun(
        `const s=require('net').connect(7001,'${GATEWAY.v4}',()=>process.exit(0));setTimeout(()=>process.exit(1),700);s.on('error',()=>process.exit(1))`,
      ),
    )
    .then(
      () => true,
      () => false,
    )
/** Somebody is told of what this host does, by each of these ways. */
const addChannels = (from: AttackHost): void => {
  const web = `http://127.0.0.1:${CATCHER.http}`
  const mail = { host: '127.0.0.1', port: CATCHER.smtp, security: 'none' }
  const rules = { minSeverity: 'low', filter: `src = ${from.v4}`, groupSeconds: 0 }
  for (const [kind, settings] of [
    ['slack', { url: `${web}/slack` }],
    ['discord', { url: `${web}/discord` }],
    ['email', { ...mail, from: 'netscope@example.org', to: ['operator@example.org'] }],
  ] as const)
    expect(ask('POST', '/api/v1/channels', { name: kind, kind, settings, rules })).toMatchObject({
      name: kind,
    })
}
const messages = (): Message[] =>
  catcher
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Message)
const scan = (from: AttackHost, target = GATEWAY.v4) =>
  from.run(`nmap -n -Pn -sS -p 1-200 --max-retries 0 ${target}`)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netscope-response-'))
  lab.up()
  for (const [i, name] of [
    'observed',
    'asked',
    'scanner',
    'operator',
    'trial',
    'replayed',
  ].entries())
    addHost(name, `192.0.2.${10 + i}`)
  await lab.netscope({
    NETSCOPE_RESPOND_VERIFY_SECONDS: '2',
    NETSCOPE_OUTGOING_ALLOW: '127.0.0.0/8',
  })
  catcher = lab.startHere(`${process.execPath} ${join(import.meta.dirname, 'message-catcher.ts')}`)
  programs.push(catcher)
  const ssh = createSshServer(join(folder, 'ssh'))
  programs.push(lab.startHere(nodeRun(TALKER)), lab.startHere(nodeRun(CLOSER)))
  programs.push(lab.startHere(ssh.server))
  await sleep(500)
  sshOptions = ssh.withKey
}, 120_000)
afterAll(async () => {
  await lab.down()
  rmSync(folder, { recursive: true, force: true })
})

describe('a scan', () => {
  it('is only noted by a policy that observes', async () => {
    addPolicy('observe', host('observed'), {})
    await scan(host('observed'))
    const action = await actionIn(host('observed').v4, ['observed'], 10)
    expect(action.inForce).toBe(false)
    expect(auditOf(action, host('observed'))).toEqual(['action.observed'])
    expect(await reaches(host('observed'))).toBe(true)
  })

  it('is blocked once a person approves, until it is undone', async () => {
    addPolicy('ask', host('asked'), { mode: 'ask' })
    await scan(host('asked'))
    const action = await actionIn(host('asked').v4, ['asked'], 10)
    const { id } = action
    expect(await reaches(host('asked'))).toBe(true)
    expect(ask('POST', `/api/v1/actions/${id}/approve`)).toMatchObject({ inForce: true })
    expect(await reaches(host('asked'))).toBe(false)
    expect(ask('POST', `/api/v1/actions/${id}/undo`)).toMatchObject({ state: 'undone' })
    expect(await reaches(host('asked'))).toBe(true)
    // Verified it is where this takes longer than two seconds.
    const others = ['action.note', 'action.verified']
    expect(auditOf(action, host('asked')).filter((step) => !others.includes(step))).toEqual([
      'action.asked',
      'action.approved',
      'action.in-force',
      'action.undone',
    ])
  })

  it('is blocked by a policy that enforces: people are told once, connections end, nothing passes, and it ends in time', async () => {
    const scanner = host('scanner')
    addChannels(scanner)
    const talk = scanner.start(
      nodeRun(
        `require('net').connect(7000,'${GATEWAY.v4}').on('error',()=>0).resume();setTimeout(()=>0,60000)`,
      ),
    )
    programs.push(talk)
    const established = () => lab.here(`ss -Htn state established src ${GATEWAY.v4}:7000`).trim()
    await until(established, (text) => text !== '', 5)
    addPolicy('enforce', scanner, { mode: 'enforce' })
    await scan(scanner)
    const action = await actionIn(scanner.v4, ['in-force', 'verified'], 10)
    expect(await reaches(scanner)).toBe(false)
    await until(established, (text) => text === '', 5)
    const verified = await actionIn(scanner.v4, ['verified'], 8)
    expect(verified.verification).toMatchObject({ passedPackets: 0 })
    expect(verified.terminated).toBeGreaterThanOrEqual(1)
    expect(action.forSeconds).toBe(8)
    await actionIn(scanner.v4, ['expired'], 12)
    expect(await reaches(scanner)).toBe(true)
    expect(
      lab.alertsOf((alert) => alert.src === scanner.v4 && /scan/.test(alert.detector)),
    ).toHaveLength(1)
    const told = messages()
    expect(told.map(({ to }) => to).toSorted()).toEqual(['/discord', '/mail', '/slack'])
    for (const { text } of told) expect(text).toContain(scanner.v4)
    expect(auditOf(action, scanner)).toEqual([
      'action.approved',
      'action.in-force',
      'action.note',
      'action.verified',
      'action.expired',
    ])
  })

  it('from where an operator works by SSH is not blocked, and the session goes on', async () => {
    const operator = host('operator')
    // Without a shell: what those of a user's start may wait for is nothing of ours.
    const session = operator.start(
      `sh -c 'sleep 300 | ssh ${sshOptions} -W 127.0.0.1:7000 root@${GATEWAY.v4}'`,
    )
    programs.push(session)
    await until(session.output, (text) => text.includes('x'), 30)
    await until(
      () => ask('GET', '/api/v1/protected')['protected'] as { prefix: string }[],
      (all) => all.some(({ prefix }) => prefix === operator.v4),
      15,
    )
    // Not by its address alone: that would be refused at once.
    const when = 'detector ~ scan and src in 192.0.2.13/31 and not src = 192.0.2.12'
    addPolicy('operator', operator, { mode: 'enforce', when })
    await scan(operator)
    const refused = await actionIn(operator.v4, ['refused'], 10)
    expect(refused.steps[0]?.reason).toContain('SSH session')
    const before = session.output().length
    await until(
      () => session.output().length,
      (length) => length > before,
      10,
    )
  })
})

describe('a policy', () => {
  it('that would block the gateway is refused', async () => {
    const gateway = lab.here(`ip -4 -o addr show dev ${GATEWAY.interface}`)
    expect(gateway).toContain(GATEWAY.v4)
    const refused = ask('POST', '/api/v1/policies', {
      ...{ name: 'gateway', when: `src = ${GATEWAY.v4}`, mode: 'enforce' },
      do: { block: 'address' },
    })
    expect(refused).toMatchObject({ code: 'policy.protected' })
    expect(refused['detail']).toContain(GATEWAY.v4)
  })

  it('that nobody confirms is taken back with all that it did', async () => {
    const trial = host('trial')
    addPolicy('trial', trial, { mode: 'enforce', for: '1h', trial: '25s' }, false)
    // Another target: the fifth that scans one is one alert with the four before, of no source.
    await scan(trial, host('observed').v4)
    await actionIn(trial.v4, ['in-force', 'verified'], 15)
    expect(await reaches(trial)).toBe(false)
    await actionIn(trial.v4, ['undone', 'expired'], 30)
    expect(await reaches(trial)).toBe(true)
    expect(ask('GET', '/api/v1/policies/trial')).toMatchObject({
      ...{ trial: 'reverted', modeNow: 'observe' },
    })
  })
})

describe('a preview', () => {
  it('counts as many flows as the block then drops of the same traffic', async () => {
    const replayed = host('replayed')
    const preview = () => ask('GET', `/api/v1/actions/preview?ip=${replayed.v4}`)
    await replayed.run(nodeRun(CONNECTOR(GATEWAY.v4)))
    const seen = await until(preview, ({ flows }) => Number(flows) >= CONNECTIONS, 40)
    expect(seen['flows']).toBe(CONNECTIONS)
    const block = ask('POST', '/api/v1/actions', { ip: replayed.v4, expiresInSeconds: 120 })
    expect(block).toMatchObject({ inForce: true })
    await replayed.run(nodeRun(CONNECTOR(GATEWAY.v4)))
    const filter = encodeURIComponent(`ip = ${replayed.v4} and verdict = DROP`)
    const dropped = () => ask('GET', `/api/v1/flows?state=all&filter=${filter}`)['total']
    await until(dropped, (total) => total === seen['flows'], 10)
    expect(ask('POST', `/api/v1/actions/${String(block['id'])}/undo`)).toMatchObject({
      state: 'undone',
    })
  })
})
