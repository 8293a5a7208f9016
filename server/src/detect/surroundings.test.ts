/** Which addresses the detectors take for the site's own. */
import { FlowReader } from '@netscope/core/flow-record.ts'
import { expect, test } from 'vitest'
import { said } from '../devices/book-rig.ts'
import { createAgentContext } from '../flows/agent-context.ts'
import { flowRecord } from '../fakes/flow-record.ts'
import { createSurroundings } from './surroundings.ts'

const CLIENT = '02:00:5e:10:00:01'
const lease = (ip: string) => said.lease(CLIENT, ip, { subnetMask: '255.255.255.0' })
/** The agent's machine has sent, and got an answer. */
const sends = (src: string) =>
  new FlowReader(flowRecord({ src, dst: '192.0.2.7' }), createAgentContext('host-a')).seek(0)

test('a public subnet that somebody tells is not believed', () => {
  const surroundings = createSurroundings([])
  surroundings.observe(lease('203.0.113.9'))
  expect(surroundings.isLocal('203.0.113.77')).toBe(false)
})

test.each(['before', 'after'])('it is where our machine has an address, %s it was told', (when) => {
  const surroundings = createSurroundings([])
  if (when === 'before') surroundings.observe(lease('203.0.113.9'))
  surroundings.record(sends('203.0.113.5'))
  if (when === 'after') surroundings.observe(lease('203.0.113.9'))
  expect(surroundings.isLocal('203.0.113.77')).toBe(true)
  expect(surroundings.isLocal('203.0.114.1')).toBe(false)
})

test('what only a client says is no lease', () => {
  const surroundings = createSurroundings([])
  surroundings.record(sends('203.0.113.5'))
  surroundings.observe({ ...lease('203.0.113.9'), fromServer: false })
  expect(surroundings.isLocal('203.0.113.77')).toBe(false)
})
