/** The configuration file: unknown keys, broken YAML, absence. */
import { describe, expect, it } from 'vitest'
import { fakeInputs, problemsOf, withYaml } from './fake-inputs.ts'
import { loadConfig } from './load-config.ts'

/** Ten lists, each of twenty times the one before. */
const aliasBomb = [
  'a0: &a0 [1]',
  ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(20)}]`),
  'network: {exclude: *a9}',
].join('\n')

describe('the file', () => {
  it.each([
    ['server:\n  timezon: UTC', 'config.yaml:2', 'server.timezon', 'did you mean server.timezone?'],
    ['sever:\n  port: 1', 'config.yaml:1', 'sever', 'did you mean server?'],
    ['quantum: 1', 'config.yaml:1', 'quantum', undefined],
    ['server.port: 1', 'config.yaml:1', 'server.port', 'did you mean server.port?'],
    ['server:\n  __proto__: 1', 'config.yaml:2', 'server.__proto__', undefined],
    ['constructor: 1', 'config.yaml:1', 'constructor', undefined],
  ])('%j has an unknown key', async (text, place, path, remedy) => {
    const [problem] = await problemsOf(withYaml(text))
    expect(problem).toMatchObject({ place, path, message: expect.stringContaining('unknown') })
    expect(problem?.remedy).toBe(remedy)
  })

  it.each([
    ['server: 3', /must hold keys/],
    ['- server', /must hold sections/],
    ['just text', /must hold sections/],
    ['server: {port: 1', /not valid YAML/],
    ['server:\n  port: 1\n  port: 2', /not valid YAML/],
    ['server:\n\tport: 1', /not valid YAML/],
    ['a: 1\n---\nb: 2', /not valid YAML/],
    ['server: {port: *nothing}', /not valid YAML/],
    ['\0\x01\x02', /./],
    ['['.repeat(100000), /not valid YAML/],
    [aliasBomb, /not valid YAML: .*alias/i],
  ])('%j is refused', async (text, message) => {
    const problems = await problemsOf(withYaml(text))
    expect(problems[0]?.place).toMatch(/^config\.yaml/)
    expect(problems.map((problem) => problem.message).join()).toMatch(message)
  })

  it.each([
    '',
    '\n',
    '# nothing\n',
    '---\n',
    'null',
    '{}',
    '\uFEFFserver: {port: 8086}',
    'server: {}',
  ])('%j is as good as none', async (text) => {
    expect((await loadConfig(withYaml(text))).config).toEqual(
      (await loadConfig(fakeInputs())).config,
    )
  })

  it('names the line of an alias without anchor', async () => {
    const problems = await problemsOf(withYaml('server:\n  port: *nothing'))
    expect(problems).toMatchObject([{ place: 'config.yaml:2', path: 'server.port' }])
  })

  it('that was named must exist', async () => {
    expect(await problemsOf(fakeInputs({}, { file: 'x.yaml' }))).toMatchObject([
      { place: '--config', message: 'there is no such file', found: 'x.yaml' },
    ])
    expect(await problemsOf(fakeInputs({}, { env: { NETSCOPE_CONFIG: 'y.yaml' } }))).toMatchObject([
      { place: 'NETSCOPE_CONFIG', found: 'y.yaml' },
    ])
  })

  it('that exists but cannot be read is an error even if nobody named it', async () => {
    const readFile = () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    }
    expect(await problemsOf({ ...fakeInputs(), readFile })).toMatchObject([
      { place: 'config.yaml', message: expect.stringContaining('permission denied') },
    ])
  })
})
