/** Section `history`: how long flows are kept on disk, and what that may cost. */
import { choice, integer, section, type SectionValue } from './key.ts'

export const historySection = section(
  'The history of flows, in the folder `history` of `storage.path`.',
  {
    retainDays: integer({
      default: 30,
      minimum: 1,
      maximum: 3650,
      description: 'Days after which flows are removed, a part of the history at a time.',
    }),
    maxMegabytes: integer({
      default: 10_240,
      minimum: 64,
      maximum: 16_777_216,
      description:
        'Size on disk (MiB) that the history stays below, its journal included: the oldest part is removed, however young it is.',
    }),
    memoryMegabytes: integer({
      default: 256,
      minimum: 64,
      maximum: 65_536,
      description:
        'Memory (MiB) of the database engine. What does not fit is put on the disk meanwhile; the server needs some 200 MiB beside it.',
    }),
    preset: choice({
      default: 'standard',
      enum: ['standard', 'small'],
      description:
        'For a Raspberry Pi take `small`: at most 128 MiB for the engine, whatever `memoryMegabytes` says, one thread, and smaller parts, so that the server stays below 256 MiB.',
    }),
    activeSeconds: integer({
      default: 300,
      minimum: 60,
      maximum: 86_400,
      description:
        'A flow that lives longer is stored in parts, one each time these seconds have passed, and the last one when it ends.',
    }),
  },
)

export type HistorySection = SectionValue<typeof historySection>
