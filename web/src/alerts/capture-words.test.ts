/** What the page says of the packets of an alert. */
import { expect, test } from 'vitest'
import { formatDateTime } from '../format/time.ts'
import { captureWords } from './capture-words.ts'

const [FIRST, LAST] = ['2026-11-27T12:00:00.125Z', '2026-11-27T12:00:10.250Z']
const at = (iso: string) => formatDateTime(Date.parse(iso))
const none = {
  packets: 0,
  packetsBefore: 0,
  firstAt: null,
  lastAt: null,
  lostPackets: 0,
  notes: [],
}

test('their number, from when to when, those from before the alert, and what was lost', () => {
  const some = { ...none, packets: 1234, firstAt: FIRST, lastAt: LAST }
  expect(captureWords(some)).toBe(`1,234, ${at(FIRST)} to ${at(LAST)}`)
  expect(captureWords({ ...some, packetsBefore: 1000, lostPackets: 7 })).toBe(
    `1,234, ${at(FIRST)} to ${at(LAST)}, 1,000 from before the alert; up to 7 more were lost`,
  )
  expect(captureWords(none)).toBe('0')
})
