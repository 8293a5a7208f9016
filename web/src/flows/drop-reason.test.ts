/** Reasons for drops in words. */
import { expect, it } from 'vitest'
import { dropWords, shortReason } from './drop-reason.ts'

it.each([
  ['SKB_DROP_REASON_NO_SOCKET', 'No program listens at this port'],
  ['SOCKET_RCVBUFF', 'The receive buffer was full: the program reads too slowly'],
  ['SKB_DROP_REASON_SOME_NEW_ONE', 'some new one'],
  ['', 'The kernel does not say why'],
])('says %s as "%s"', (reason, words) => expect(dropWords(reason)).toBe(words))

it('shows the name without the prefix that all have', () => {
  expect(shortReason('SKB_DROP_REASON_TCP_CSUM')).toBe('TCP_CSUM')
})
