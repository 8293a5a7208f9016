/** Tests of the interface names of an agent. */
import { expect, test } from 'vitest'
import { createAgentContext } from './agent-context.ts'

test('remembers names of interfaces that are gone, up to a bound', () => {
  const context = createAgentContext('a')
  context.name([{ ifindex: 1, name: 'lo' }])
  for (let ifindex = 10; ifindex < 4000; ifindex++)
    context.name([{ ifindex, name: `veth${ifindex}` }])
  expect(context.interfaceName(10)).toBe('veth10')
  expect(context.interfaceName(9)).toBe('if9')
  for (let ifindex = 4000; ifindex < 9000; ifindex++)
    context.name([{ ifindex, name: `veth${ifindex}` }])
  expect(context.interfaceName(10)).toBe('if10')
  expect(context.interfaceName(8999)).toBe('veth8999')
})

test('keeps the name of an interface that is still reported, however many come and go', () => {
  const context = createAgentContext('a')
  for (let i = 0; i < 9000; i++)
    context.name([
      { ifindex: 2, name: 'eth0' },
      { ifindex: 10 + i, name: `veth${i}` },
    ])
  expect(context.interfaceName(2)).toBe('eth0')
})

test('takes the new name of an interface that was renamed', () => {
  const context = createAgentContext('a')
  context.name([{ ifindex: 2, name: 'eth0' }])
  context.name([{ ifindex: 2, name: 'lan' }])
  expect(context.interfaceName(2)).toBe('lan')
})
