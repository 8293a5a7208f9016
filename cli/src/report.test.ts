/** How failed commands end. */
import { expect, test } from 'vitest'
import { NetscopeError } from '@netscope/core/errors.ts'
import { ApiProblem } from './client/api-problem.ts'
import { report } from './report.ts'

const problem = (status: number) => new ApiProblem(status, 'some.code', 'It is so.', 'Do that.')
const unreachable = new NetscopeError('client.unreachable', { url: 'http://x', reason: 'none.' })
const wrongFilter = new NetscopeError('filter.invalid', { filter: 'x', reason: 'it is none' })

test.each([
  [new Error('disk full'), 1],
  [problem(500), 1],
  [problem(409), 1],
  [problem(400), 2],
  [wrongFilter, 2],
  [unreachable, 3],
  [problem(401), 4],
  [problem(403), 4],
  [problem(404), 5],
])('%s ends with %i', (error, code) => {
  expect(report(error, () => undefined)).toBe(code)
})

test('says what is wrong and what to do', () => {
  const lines: string[] = []
  report(problem(404), (line) => lines.push(line))
  expect(lines).toEqual(['netscope: It is so.\nDo that.'])
})
