/** Every shared capture agrees with tshark and with what is published about it. */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compareCapture } from './compare-capture.ts'
import { addTraffic, type Conversations, differences } from './conversations.ts'
import { capturesToCompare, SHARED_CAPTURES } from './find-captures.ts'
import { hasTshark } from './tshark.ts'

const hasCaptures = existsSync(SHARED_CAPTURES)
const withTshark = hasTshark()
if (!hasCaptures)
  console.warn(
    `SKIPPED: ${SHARED_CAPTURES} is not there, so replay is not compared with known results.`,
  )
else if (!withTshark)
  console.warn(
    'SKIPPED: tshark is not installed, so replay is compared with published results only.',
  )

describe.skipIf(!hasCaptures)('replay of the shared captures', () => {
  for (const capture of hasCaptures ? capturesToCompare(SHARED_CAPTURES) : [])
    it(`agrees with others on ${capture}`, { timeout: 120_000 }, () => {
      expect(compareCapture(SHARED_CAPTURES, capture, withTshark).unexplained).toEqual([])
    })
})

describe('differences', () => {
  const one = (packets: number, bytes: number): Conversations => {
    const all: Conversations = new Map()
    addTraffic(all, 'UDP', 'b:2', 'a:1', packets, bytes)
    return all
  }

  it('finds none between equal conversations', () => {
    expect(differences(one(3, 300), one(3, 300), ['packets', 'bytes'])).toEqual([])
  })

  it('finds a packet, a byte, and a conversation that only one side has', () => {
    expect(differences(one(3, 300), one(4, 300), ['packets'])).toHaveLength(1)
    expect(differences(one(3, 300), one(3, 301), ['packets', 'bytes'])).toHaveLength(1)
    expect(differences(new Map(), one(1, 1), ['packets'])).toMatchObject([
      { ours: 'none', theirs: '0+1 packets' },
    ])
    expect(differences(one(1, 1), new Map(), ['packets'])).toMatchObject([{ theirs: 'none' }])
  })
})
