/** Small system commands. */
import { afterEach, expect, test, vi } from 'vitest'
import { run } from './run.ts'

afterEach(() => vi.unstubAllEnvs())

test('says how a command ended, and what it wrote', () => {
  expect(run(['sh', '-c', 'echo out; echo err >&2; exit 3'])).toEqual({
    ok: false,
    output: 'out\n',
    error: 'err',
  })
  expect(run(['there-is-no-such-command'])).toMatchObject({ ok: false, output: '' })
})

test("finds the system's commands with the PATH that plain su leaves", () => {
  vi.stubEnv('PATH', '/usr/local/bin:/usr/bin:/bin:/usr/games')
  expect(run(['groupadd', '--help'])).toMatchObject({ ok: true })
})
