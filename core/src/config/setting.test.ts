/** Secrets: from a variable or from the file that NAME_FILE names, never shown. */
import { describe, expect, it } from 'vitest'
import type { ConfigProblem } from './config-error.ts'
import { text } from './key.ts'
import { envSetting } from './setting.ts'
import { masked } from './show.ts'

const secret = text({ default: '', secret: true, description: 'A token.' })
const plain = text({ default: '', description: 'A name.' })
const readFile = (path: string): string => {
  if (path === '/run/secrets/token') return 's3cret\n'
  throw new Error('ENOENT: no such file')
}
const inputs = (env: Record<string, string>) => ({ env, cwd: '/run', readFile })

describe('a secret', () => {
  it('comes from the file that NAME_FILE names, without its line end', () => {
    const setting = envSetting(
      'api.token',
      secret,
      inputs({ NETSCOPE_API_TOKEN_FILE: 'secrets/token' }),
      [],
    )
    expect(setting).toMatchObject({
      value: 's3cret',
      place: 'NETSCOPE_API_TOKEN_FILE',
      from: 'env',
    })
  })

  it('comes rather from the variable itself', () => {
    const env = { NETSCOPE_API_TOKEN: 'direct', NETSCOPE_API_TOKEN_FILE: 'secrets/token' }
    expect(envSetting('api.token', secret, inputs(env), [])?.value).toBe('direct')
  })

  it('whose file cannot be read is a problem', () => {
    const problems: ConfigProblem[] = []
    expect(
      envSetting('api.token', secret, inputs({ NETSCOPE_API_TOKEN_FILE: 'x' }), problems),
    ).toBeUndefined()
    expect(problems).toMatchObject([
      { place: 'NETSCOPE_API_TOKEN_FILE', path: 'api.token', found: 'x' },
    ])
  })

  it('is masked where it is set', () => {
    expect([masked('s3cret', secret), masked('', secret), masked('name', plain)]).toEqual([
      '(set, not shown)',
      '',
      'name',
    ])
  })

  it('alone can come from a file', () => {
    expect(
      envSetting('api.name', plain, inputs({ NETSCOPE_API_NAME_FILE: 'secrets/token' }), []),
    ).toBeUndefined()
  })
})
