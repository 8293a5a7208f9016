/** Section `storage`: where the server keeps what must last. */
import { section, text, type SectionValue } from './key.ts'

export const storageSection = section('What the server keeps on disk.', {
  path: text({
    default: './data/server',
    minLength: 1,
    isPath: true,
    description:
      'Folder of the server: accounts and other state in `state.sqlite`, keys, the history of flows. Only the ' +
      'user of the server may enter it.',
    allowed: 'a folder path',
  }),
})

export type StorageSection = SectionValue<typeof storageSection>
