/** Names of saved captures. */
import { expect, it } from 'vitest'
import { captureFileName } from './capture-file-name.ts'

it.each([
  [{ protocol: 'TCP', src: '10.0.0.1', dst: '10.0.0.2' }, 'TCP-10.0.0.1-1-10.0.0.2-2.pcapng'],
  [{ protocol: 'UDP', src: '2001:db8::1', dst: '::1' }, 'UDP-2001.db8..1-1-..1-2.pcapng'],
  [{ protocol: '47', src: '../x', dst: '%' }, '47-.._x-1-_-2.pcapng'],
])('%j', (flow, name) => {
  expect(captureFileName({ srcPort: 1, dstPort: 2, ...flow })).toBe(name)
})
