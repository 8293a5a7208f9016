/** Where the built kernel programs are. In a bundle too, as long as it lies three folders below the checkout. */
import { join } from 'node:path'

/** `name`: `flow.bpf.o` */
export const objectFile = (name: string): string =>
  join(import.meta.dirname, '../../../bpf/build', name)
