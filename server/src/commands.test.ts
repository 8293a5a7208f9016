/** Tests of commands to agents. */
import { UPLINK_PROTOCOL } from '@netscope/core/wire.ts'
import type { Command, Hello } from '@netscope/core/wire.ts'
import { expect, test } from 'vitest'
import { createAgents } from './agents.ts'
import { createCommands } from './commands.ts'

const hello = (agent: string): Hello => ({
  protocol: UPLINK_PROTOCOL,
  agent,
  hostname: agent,
  version: '0',
  source: 'mock',
  flowCapacity: 10,
  startedAtMs: 1,
  epoch: 1,
})

const create = (...names: string[]) => {
  const agents = createAgents()
  const commands = createCommands({ timeoutMs: 20 }, { agents })
  const sent: Command[] = []
  const link = {
    send: (_type: number, value: unknown) => void sent.push(value as Command),
    close: () => undefined,
  }
  const made = names.map((name) => agents.arrive(hello(name), link)!)
  return { agents, commands, sent, made, link }
}

test('gives the result of the reply with its number', async () => {
  const { commands, sent, made } = create('a')
  const results = [1, 2].map(() => commands.send(made[0]!, { name: 'flows.flush' }))
  for (const { id } of sent.toReversed()) commands.reply('a', { id, ok: true, result: { id } })
  expect(await Promise.all(results)).toEqual(sent.map(({ id }) => ({ id })))
  expect(commands.pending).toBe(0)
})

test('fails with agent.timeout when no reply comes, and ignores a late one', async () => {
  const { commands, sent, made } = create('a')
  await expect(commands.send(made[0]!, { name: 'flows.flush' })).rejects.toMatchObject({
    code: 'agent.timeout',
    status: 504,
  })
  commands.reply('a', { id: sent[0]!.id, ok: true, result: {} })
})

test('fails with agent.away when the agent is not there or goes', async () => {
  const { agents, commands, made, link } = create('a')
  const waiting = commands.send(made[0]!, { name: 'flows.flush' })
  agents.leave(made[0]!, link)
  commands.abandon('a')
  await expect(waiting).rejects.toMatchObject({ code: 'agent.away', status: 503 })
  await expect(commands.send(made[0]!, { name: 'flows.flush' })).rejects.toMatchObject({
    code: 'agent.away',
  })
  await expect(commands.sendToAll({ name: 'flows.flush' })).rejects.toMatchObject({
    code: 'agent.away',
  })
})

test('does not take the reply of another agent', async () => {
  const { commands, sent, made } = create('a', 'b')
  const waiting = commands.send(made[0]!, { name: 'flows.flush' })
  commands.reply('b', { id: sent[0]!.id, ok: true, result: {} })
  await expect(waiting).rejects.toMatchObject({ code: 'agent.timeout' })
})

test("passes on the agent's own words, with the status of their code", async () => {
  const { commands, sent, made } = create('a')
  const known = commands.send(made[0]!, { name: 'flows.flush' })
  const unknown = commands.send(made[0]!, { name: 'flows.flush' })
  commands.reply('a', { id: sent[0]!.id, ok: false, code: 'list.full', message: 'full up' })
  commands.reply('a', { id: sent[1]!.id, ok: false, code: 'toString', message: 'odd' })
  await expect(known).rejects.toMatchObject({ code: 'list.full', status: 409, message: 'full up' })
  await expect(unknown).rejects.toMatchObject({ code: 'agent.failed', status: 502 })
})
