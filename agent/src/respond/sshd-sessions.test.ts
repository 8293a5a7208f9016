/** Tests of which connections of an OpenSSH server are signed in, on titles as its versions write them. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFakeProc } from '../enrich/fake-proc.ts'
import { createSshdLook } from './sshd-sessions.ts'

let proc: ReturnType<typeof createFakeProc>
beforeEach(() => (proc = createFakeProc()))
afterEach(() => proc.remove())

const LISTENER = 10
const TITLE = 'sshd: /usr/sbin/sshd -D [listener] 1 of 10-100 startups'
/** pid, parent, title or arguments; what a listener starts has begun at 100 × pid ticks. */
const run = (pid: number, parent: number, ...argv: string[]): void =>
  proc.run(pid, { command: 'sshd', startTicks: 100 * pid, parent, argv })
const of = (pid: number) => createSshdLook(proc.root)()(pid)
/** Of the connections that the listener has accepted, in order of their processes. */
const signedIn = () => {
  const found = of(LISTENER)
  return found?.kind === 'listener' ? found.sessions.map((one) => one.isSignedIn) : found
}

describe('who is not signed in', () => {
  test.each([
    ['guesses names and passwords', 'sshd: unknown [priv]', 'sshd: unknown [net]'],
    ['guesses the password of a user', 'sshd: ann [priv]', 'sshd: ann [net]   '],
    ['has said nothing yet', 'sshd: [accepted]', 'sshd: [net]'],
    ['is asked by PAM', 'sshd: ann [priv]', 'sshd: ann [net]', 'sshd: ann [pam]'],
    ['of OpenSSH 9.8', 'sshd-session: ann [priv]', 'sshd-session: ann [net]'],
    ['of OpenSSH 10', 'sshd-session: ann [priv]', 'sshd-auth: ann [net]'],
    ['of OpenSSH 10, as it begins', 'sshd-session: [accepted]', '/usr/lib/openssh/sshd-auth'],
  ])('%s', (_, first, ...children) => {
    run(LISTENER, 1, TITLE)
    run(20, LISTENER, first)
    for (const [i, title] of children.entries()) run(21 + i, 20, title)
    expect(of(LISTENER)).toEqual({
      ...{ kind: 'listener', sessions: [{ startTicks: 2000, isSignedIn: false }] },
    })
  })

  test.each([
    ['the process has begun but for its title', [TITLE]],
    ['has its own arguments', ['/usr/sbin/sshd', '-D', '-R']],
    ['has those of OpenSSH 9.8', ['/usr/lib/openssh/sshd-session', '-D', '-R']],
    ['has a title', ['sshd: [accepted]']],
    ['has the other title', ['sshd: [rexeced]']],
  ])('whose process has just begun: %s', (_, argv) => {
    run(LISTENER, 1, TITLE)
    run(20, LISTENER, ...argv)
    expect(signedIn()).toEqual([false])
  })
})

describe('who is signed in', () => {
  test.each([
    ['as root, with a terminal', 'sshd: root@pts/0'],
    ['as root, with a command', 'sshd: root@notty'],
    ['as root, for a tunnel', 'sshd: root'],
    ['with a terminal', 'sshd: ann [priv]', 'sshd: ann@pts/0'],
    ['for a tunnel', 'sshd: ann [priv]', 'sshd: ann'],
    ['this moment', 'sshd: ann [priv]'],
    ['to OpenSSH 9.8', 'sshd-session: ann [priv]', 'sshd-session: ann@pts/0'],
  ])('%s', (_, first, ...children) => {
    run(LISTENER, 1, TITLE)
    run(20, LISTENER, first)
    for (const [i, title] of children.entries()) run(21 + i, 20, title)
    expect(signedIn()).toEqual([true])
  })

  test('whoever guesses beside it, and whatever programs it runs', () => {
    run(LISTENER, 1, TITLE)
    run(20, LISTENER, 'sshd: ann [priv]')
    run(21, 20, 'sshd: ann@pts/0')
    run(22, 21, 'sshd: ann [net]')
    run(30, LISTENER, 'sshd: unknown [priv]')
    run(31, 30, 'sshd: unknown [net]')
    expect(signedIn()).toEqual([true, false])
  })

  test('in doubt: a title that is not known, and a child that has ended', () => {
    run(LISTENER, 1, TITLE)
    run(20, LISTENER, 'something else')
    run(30, LISTENER, 'sshd: ann [priv]')
    proc.run(31, { command: 'sshd', startTicks: 0, parent: 30, state: 'Z' })
    expect(signedIn()).toEqual([true, true])
  })
})

test('of a process of one connection that connection is told', () => {
  run(LISTENER, 1, TITLE)
  run(20, LISTENER, 'sshd: ann [priv]')
  run(21, 20, 'sshd: ann@pts/0')
  run(30, LISTENER, 'sshd: bob [priv]')
  run(31, 30, 'sshd: bob [net]')
  expect([20, 21, 30, 31].map(of)).toEqual([
    ...[true, true, false, false].map((isSignedIn) => ({ kind: 'session', isSignedIn })),
  ])
})

test('a listener of before OpenSSH 8.2 has no title, one that was replaced leaves its connections', () => {
  run(LISTENER, 1, '/usr/sbin/sshd', '-D')
  run(20, LISTENER, 'sshd: bob [priv]')
  run(21, 20, 'sshd: bob [net]')
  run(30, 1, 'sshd: ann [priv]')
  expect(signedIn()).toEqual([false])
  expect(of(30)).toEqual({ kind: 'session', isSignedIn: true })
})

describe('it cannot be told', () => {
  test.each([
    ['Dropbear', ['/usr/sbin/dropbear', '-F']],
    ['systemd, which starts sshd', ['/sbin/init']],
    ['a process that has ended', undefined],
    ['a process whose name only begins like it', ['sshdog: x [net]']],
  ])('of %s', (_, argv) => {
    if (argv) run(LISTENER, 1, ...argv)
    expect(of(LISTENER)).toBeUndefined()
  })

  test('where a process cannot be looked at', () => {
    run(LISTENER, 1, TITLE)
    expect(signedIn()).toEqual([])
    mkdirSync(join(proc.root, '20'))
    expect(of(LISTENER)).toBeUndefined()
  })
})
