/** Sections `lists` and `persistence`: how many entries the deny and allow list take, and where they are kept. */
import { integer, section, text, type SectionValue } from './key.ts'

export const listsSection = section('The deny and the allow list.', {
  maxEntries: integer({
    default: 1000000,
    minimum: 1,
    maximum: 16777216,
    description: 'Entries that each list can hold; kernel memory is taken as they are added.',
  }),
})

export const persistenceSection = section('What the agent keeps on disk.', {
  path: text({
    default: './data/lists.json',
    minLength: 1,
    isPath: true,
    description: 'File that keeps the lists across restarts (JSON).',
    allowed: 'a file path',
  }),
})

export type ListsSection = SectionValue<typeof listsSection>
export type PersistenceSection = SectionValue<typeof persistenceSection>
