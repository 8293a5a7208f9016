/** What is generated from the sections is up to date (`vitest run -u` writes it anew) and true. */
import { Errors } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { loadConfig } from './load-config.ts'
import { KEYS } from './names.ts'
import { exampleYaml, jsonSchema, markdown } from './reference.ts'
import { fits } from './value.ts'

const root = '../../..'

describe('the reference of the configuration', () => {
  it('is docs/reference/config.md', async () => {
    await expect(markdown()).toMatchFileSnapshot(`${root}/docs/reference/config.md`)
  })

  it('has a JSON Schema, docs/reference/config.schema.json', async () => {
    await expect(jsonSchema()).toMatchFileSnapshot(`${root}/docs/reference/config.schema.json`)
  })

  it('has an example, config.example.yaml, that changes nothing', async () => {
    await expect(exampleYaml()).toMatchFileSnapshot(`${root}/config.example.yaml`)
    const load = (text: string) =>
      loadConfig({ process: 'up', env: {}, cwd: '/', hostname: 'h', readFile: () => text })
    expect((await load(exampleYaml())).config).toEqual((await load('')).config)
    for (const path of KEYS.keys()) expect(exampleYaml()).toContain(`${path.split('.')[1]}:`)
  })
})

describe('every key', () => {
  it.each([...KEYS])('%s has a sentence and a default that is allowed', (_path, key) => {
    expect(key.description).toMatch(/^[A-Z].*\.$/)
    expect(fits(key.default, key)).toBe(true)
  })

  const values = [
    null,
    true,
    false,
    0,
    1,
    -1,
    22,
    64,
    65535,
    65536,
    1e9,
    1.5,
    NaN,
    '',
    'auto',
    'tcx',
    'ebpf',
    'a b',
    './x',
    'x'.repeat(300),
    [],
    ['auto'],
    ['a/b'],
    [22],
    [0],
    ['22'],
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    {},
    undefined,
  ]

  it.each([...KEYS])('%s is judged as a JSON Schema validator judges it', (_path, key) => {
    for (const value of values) {
      expect([value, fits(value, key)]).toEqual([value, Errors(key as never, value).length === 0])
    }
  })
})
