/** The error catalogue, and its page docs/reference/errors.md (written anew by `vitest run -u`). */
import { describe, expect, it } from 'vitest'
import { ERRORS, NetscopeError, type ErrorCode } from './errors.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const page = `<!-- Generated from core/src/errors.ts by its test (\`vitest run -u\`). -->
# Errors

Every error has a code that does not change. The API sends it in an RFC 9457 problem document
(\`application/problem+json\`: \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`), the command line prints
message and remedy. Words in braces stand for what the error is about.

| Code | Status | Message | What to do |
| --- | --- | --- | --- |
${Object.entries(ERRORS)
  .map(
    ([code, { status, message, remedy }]) =>
      `| \`${code}\` | ${status} | ${cell(message)} | ${cell(remedy)} |`,
  )
  .join('\n')}
`

describe('the error catalogue', () => {
  it('is what docs/reference/errors.md says', async () => {
    await expect(page).toMatchFileSnapshot('../../docs/reference/errors.md')
  })

  it.each(Object.entries(ERRORS))(
    '%s has a status, a message and a remedy',
    (code, { status, message, remedy }) => {
      expect(code).toMatch(/^[a-z]+(\.[a-z]+(-[a-z]+)*)?$/)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(600)
      expect(message).toMatch(/^[^]{10,}/)
      expect(remedy).toMatch(/\.$/)
    },
  )
})

describe('an error of the catalogue', () => {
  it('carries code, status, filled message, remedy and cause', () => {
    const cause = new Error('ENOSPC')
    const error = new NetscopeError('list.full', { list: 'deny', capacity: 1000 }, { cause })
    expect(error).toMatchObject({ name: 'NetscopeError', code: 'list.full', status: 409, cause })
    expect(error.message).toBe('The deny list is full: it holds 1000 entries.')
  })

  it('fills the remedy too', () => {
    const params = { name: 'limit', reason: 'too large', allowed: '1 to 1000' }
    expect(new NetscopeError('query.invalid', params).remedy).toBe('Allowed: 1 to 1000.')
  })

  it('never takes what a parameter holds for a template', () => {
    const params = { prefix: '{reason} $& $1', reason: '{prefix}' }
    expect(new NetscopeError('list.prefix-invalid', params).message).toBe(
      '{reason} $& $1 is not an address or prefix: {prefix}.',
    )
  })

  it('leaves the word in braces where a parameter is missing', () => {
    const code: ErrorCode = 'agent.timeout'
    expect(new NetscopeError(code).message).toContain('{command}')
  })
})
