/** Tests of who counts as somebody who works here by SSH. */
import { formatAddress } from '@netscope/core/address.ts'
import { parsePrefix } from '@netscope/core/prefix.ts'
import { describe, expect, test } from 'vitest'
import type { Peer } from '../source.ts'
import { createSshPeers } from './ssh-peers.ts'
import type { SshdSession, SshdSessions } from './sshd-sessions.ts'

const LISTENER = 10
const ANN = '192.0.2.1'
const GUESSER = '192.0.2.66'

/** A look every 5 seconds at connections that OpenSSH has accepted, unless told otherwise. */
const create = () => {
  const world = {
    ticks: 100_000,
    peers: [] as Peer[],
    sessions: [] as SshdSession[],
    owner: LISTENER as number | undefined,
    others: new Map<number, SshdSessions>(),
  }
  const look = createSshPeers({
    peersAt: () => world.peers,
    ownerOf: () => world.owner,
    sessions: () => (pid) =>
      pid === LISTENER ? { kind: 'listener', sessions: world.sessions } : world.others.get(pid),
    uptimeTicks: () => world.ticks,
  })
  let cookies = 0
  return {
    world,
    connect: (text: string, isSignedIn: boolean, isAccepted = true) => {
      const peer = { address: parsePrefix(text).addr, cookie: [++cookies, 7] as const, isAccepted }
      const session = { startTicks: world.ticks + 1, isSignedIn }
      world.peers.push(peer)
      world.sessions.push(session)
      return {
        session,
        leave: () => {
          world.peers = world.peers.filter((one) => one !== peer)
          world.sessions = world.sessions.filter((one) => one !== session)
        },
      }
    },
    /** `ann? ` is unsure. */
    look: (times = 1): string => {
      let found = ''
      for (let i = 0; i < times; i++) {
        world.ticks += 500
        const { peers, unsure } = look([22])
        const texts = (all: Uint8Array[]) =>
          all.map((one) => formatAddress(new DataView(one.buffer), 0))
        found = [...texts(peers), ...texts(unsure).map((text) => `${text}?`)].join(' ')
      }
      return found
    },
  }
}

describe('who has signed in', () => {
  test('counts from the second look on, and is remembered from the third', () => {
    const { look, connect } = create()
    look(4)
    connect(ANN, true)
    expect([look(), look(), look(), look()]).toEqual(['', `${ANN}?`, ANN, ANN])
  })

  test('counts as soon as it has, however long it took to type the password', () => {
    const { look, connect } = create()
    look(4)
    const { session } = connect(ANN, false)
    expect(look(6)).toBe('')
    session.isSignedIn = true
    expect([look(), look(), look()]).toEqual(['', `${ANN}?`, ANN])
  })

  test('still counts while others guess beside it', () => {
    const { look, connect } = create()
    look(4)
    connect(ANN, true)
    const guesses = [connect(GUESSER, false), connect(GUESSER, false)]
    // Which of the three is hers is not known, as they came together.
    expect(look(5)).toBe(`${ANN}? ${GUESSER}? ${GUESSER}?`)
    for (const { leave } of guesses) leave()
    connect(GUESSER, false)
    expect(look(4)).toBe(ANN)
  })

  test('counts when a look has missed its connection', () => {
    const { look, connect, world } = create()
    look(4)
    connect(ANN, true)
    const peers = world.peers
    world.peers = []
    look()
    world.peers = peers
    expect(look(3)).toBe(ANN)
    world.peers = []
    look()
    world.peers = peers
    expect(look()).toBe(ANN)
  })

  test('counts when its connection has waited long for sshd', () => {
    const { look, connect, world } = create()
    look(4)
    connect(ANN, true, false)
    const guess = connect(GUESSER, false)
    world.sessions = [guess.session]
    look(10)
    world.peers = world.peers.map((one) => ({ ...one, isAccepted: true }))
    world.sessions.push({ startTicks: world.ticks + 1, isSignedIn: true })
    look()
    expect(look(3)).toContain(ANN)
  })
})

describe('who has not signed in', () => {
  test('never counts, however long its connections live', () => {
    const { look, connect } = create()
    look(4)
    connect(GUESSER, false)
    for (let i = 0; i < 30; i++) {
      const { leave } = connect(GUESSER, false)
      expect(look(2)).toBe('')
      leave()
    }
  })

  test('does not count beside people who signed in before or after it', () => {
    const { look, connect } = create()
    look(4)
    connect(ANN, true)
    look(6)
    connect(GUESSER, false)
    expect(look(6)).toBe(ANN)
    connect('192.0.2.2', true)
    expect(look(6)).toBe(`${ANN} 192.0.2.2`)
  })

  test('does not count for the moment at which its process ends', () => {
    const { look, connect } = create()
    look(4)
    const { session } = connect(GUESSER, false)
    look(3)
    session.isSignedIn = true
    expect(look()).toBe('')
    session.isSignedIn = false
    expect(look()).toBe('')
  })
})

describe('after a restart', () => {
  test('everybody counts at once while nothing is known, and those who have not signed in no more when it is', () => {
    const { look, connect, world } = create()
    connect(ANN, true)
    world.owner = undefined
    expect(look()).toBe(`${ANN}?`)
    connect(GUESSER, false)
    expect(look()).toBe(`${ANN}?`)
    world.owner = LISTENER
    // It came at a time at which she may have come.
    expect(look()).toBe(`${ANN}? ${GUESSER}?`)
  })

  test('connections whose processes are known are told apart at once', () => {
    const { look, connect, world } = create()
    connect(ANN, true)
    expect(look()).toBe(`${ANN}?`)
    world.owner = 20
    world.others.set(20, { kind: 'session', isSignedIn: true })
    expect(look(2)).toBe(ANN)
    world.others.set(20, { kind: 'session', isSignedIn: false })
    expect(look()).toBe('')
  })

  test('a guesser counts no more as soon as nobody is signed in', () => {
    const { look, connect, world } = create()
    connect(GUESSER, false)
    world.owner = undefined
    expect(look()).toBe(`${GUESSER}?`)
    world.owner = LISTENER
    expect(look()).toBe('')
  })
})

describe('where it cannot be told', () => {
  test.each([
    ['who holds the connection', { owner: undefined }],
    ['of another server than OpenSSH', { owner: 99 }],
    ['of a listener whose processes are not seen', { sessions: [] }],
    ['without a clock', { ticks: NaN }],
  ])('%s, a connection counts from the second look on', (_, given) => {
    const { look, connect, world } = create()
    look(4)
    connect(ANN, false)
    Object.assign(world, given)
    expect([look(), look(), look()]).toEqual(['', `${ANN}?`, ANN])
  })

  test('who connects again and again does not count', () => {
    const { look, connect, world } = create()
    world.owner = undefined
    look(4)
    for (let i = 0; i < 5; i++) {
      const { leave } = connect(GUESSER, false)
      expect(look()).toBe('')
      leave()
    }
  })
})

test('those who are signed in come first', () => {
  const { look, connect, world } = create()
  look(4)
  world.others.set(20, { kind: 'session', isSignedIn: true })
  connect(GUESSER, false)
  connect(ANN, true)
  let asked = 0
  Object.defineProperty(world, 'owner', { get: () => (asked++ % 2 === 0 ? undefined : 20) })
  expect(look(4)).toBe(`${ANN} ${GUESSER}`)
})
