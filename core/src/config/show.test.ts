/** `config show`: every value with its place, secrets masked. */
import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { loadConfig } from './load-config.ts'
import { showJson, showYaml } from './show.ts'

const load = (flags: Record<string, string>) =>
  loadConfig({
    process: 'up',
    env: {},
    flags,
    cwd: '/w',
    hostname: 'h',
    readFile: () => 'agent: {name: "a.b"}',
  })

describe('config show', () => {
  it('prints YAML that loads to the same configuration', async () => {
    const loaded = await load({ 'network.interfaces': 'eth0,lo' })
    expect(parse(showYaml(loaded))).toEqual(loaded.config)
  })

  it('names where each value comes from', async () => {
    const lines = showYaml(await load({ 'server.port': '9' })).split('\n')
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}port: 9 +# --server-port$/))
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}name: "a.b" +# config.yaml:1$/))
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}seed: 1 +# default$/))
  })

  it('prints JSON with file, values and sources', async () => {
    expect(JSON.parse(showJson(await load({})))).toMatchObject({
      file: 'config.yaml',
      config: { agent: { name: 'a.b' } },
      sources: { 'agent.name': { from: 'file', place: 'config.yaml:1' } },
    })
  })
})
