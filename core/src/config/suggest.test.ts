/** Suggestions for mistyped names. */
import { describe, expect, it } from 'vitest'
import { suggest } from './suggest.ts'

const known = ['server.port', 'server.timezone', 'network.interfaces', 'flows.tableSize']

describe('a suggestion', () => {
  it.each([
    ['server.prot', 'server.port'],
    ['server.Timezone', 'server.timezone'],
    ['network.interface', 'network.interfaces'],
    ['flows.table_size', 'flows.tableSize'],
  ])('for %s is %s', (name, expected) => {
    expect(suggest(name, known)).toBe(expected)
  })

  it.each(['', 'x', 'completely.different', 'x'.repeat(1e6)])('is not made for %.20s', (name) => {
    expect(suggest(name, known)).toBeUndefined()
  })
})
