/** Outputs as people write them, and what they are told where something is wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readOutputsFile } from './outputs-file.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'netscope-outputs-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const read = (text: string) => {
  const path = join(folder, 'outputs.yaml')
  writeFileSync(path, text)
  return readOutputsFile(path)
}
const entry = (rest: string) => `outputs:\n  - ${rest.replaceAll('\n', '\n    ')}\n`
const FILE = 'name: siem\nwhat: [flows]\nformat: eve\nto:\n  file: { path: /var/log/eve.json }'

test('reads what there is to say, with defaults', async () => {
  const [{ plan } = { plan: undefined }, other] = await read(`
outputs:
  - name: siem
    what: [flows, alerts]
    format: ecs
    when: { flows: "dst not in 10.0.0.0/8", alerts: severity >= high }
    heldBack: true
    to: { file: { path: /var/log/netscope/ecs.json, keep: 3 } }
  - name: pipe
    what: [alerts]
    format: ocsf
    to: { stdout: }
`)
  expect(plan).toMatchObject({
    ...{ name: 'siem', what: new Set(['flows', 'alerts']), heldBack: true },
    ...{ format: { name: 'ecs' }, sink: { kind: 'file' }, target: '/var/log/netscope/ecs.json' },
    settings: { maxMegabytes: 100, everyHours: 24, keep: 3, mode: '0640' },
    flows: { text: 'dst not in 10.0.0.0/8' },
  })
  expect(other?.plan).toMatchObject({ sink: { kind: 'stdout' }, flows: undefined })
})

test('no file, no outputs', async () => {
  expect(await readOutputsFile('')).toEqual([])
  expect(await read('outputs: []\n')).toEqual([])
})

test('nothing that is shown holds a secret', async () => {
  const webhook = 'webhook: { url: https://u.example/t0ken, secret: s3cret-s3cret-s3cret }'
  const [output] = await read(entry(FILE.replace(/file:.*/, webhook)))
  expect(output?.plan.target).toBe('a webhook')
})

test.each([
  [
    'a format',
    FILE.replace('eve\n', 'cef\n'),
    /:2: format: there is no format "cef".*eve, ecs, ocsf/,
  ],
  ['a kind', FILE.replace('file:', 'kafka:'), /to: there is nothing called "kafka".*file, stdout/],
  ['a key', FILE.replace('path', 'pth'), /to\.file: there is no key "pth".*path, maxMegabytes/],
  ['a mode', FILE.replace('.json', '.json, mode: "0666"'), /to\.file\.mode: it must be/],
  ['a relative path', FILE.replace('/var', 'var'), /to\.file: path must begin with \//],
  ['what is not there', FILE.replace('[flows]', '[packets]'), /what\.0: it must/],
  ['a filter', `${FILE}\nwhen: { flows: destination = 1 }`, /when\.flows: at character 1: .*/],
  ['a filter of alerts', `${FILE}\nwhen: { alerts: "severty > 1" }`, /when\.alerts: .*severity/],
  ['an unknown key', `${FILE}\nfilter: x`, /filter: there is no such key/],
  ['a name', FILE.replace('siem', '"No Name"'), /name: it must be a name of small letters/],
  ['no place', FILE.replace(/to:[^]*/, 'to: {}'), /to: it is empty.*file, stdout, syslog, webhook/],
  ['a facility', FILE.replace(/file:.*/, 'syslog: { host: a, facility: 24 }'), /facility: it must/],
])('%s that is wrong is said with its place and what helps', async (_, text, words) => {
  const error = await read(entry(text)).then(
    () => expect.unreachable(),
    (thrown: Error & { code: string; remedy: string }) => thrown,
  )
  expect(error.code).toBe('export.file')
  expect(`${error.message} ${error.remedy}`).toMatch(words)
  expect(error.message).toContain('outputs.yaml:2')
})

test('two outputs have two names and two files', async () => {
  const other = FILE.replace('siem', 'other')
  const two = (a: string, b: string) => read(entry(a) + entry(b).replace('outputs:\n', ''))
  await expect(two(FILE, FILE)).rejects.toThrow(/outputs\.yaml:7: siem is there twice/)
  await expect(two(FILE, other)).rejects.toThrow('/var/log/eve.json is written twice')
})
