/** Vite plugin: the flow fields but for their readers, taken from core at build time. */
import { FLOW_FIELDS } from '@netscope/core/flow.ts'
import type { Plugin } from 'vite'

const NAME = 'virtual:flow-fields'

/** Serves `virtual:flow-fields`; core itself reads kernel bytes with node:crypto and stays out of the page. */
export const flowFields = (): Plugin => ({
  name: 'netscope-flow-fields',
  resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
  load: (id) => (id === `\0${NAME}` ? source() : undefined),
})

const source = (): string => {
  // What JSON leaves out are the readers.
  const fields = Object.entries(FLOW_FIELDS).map(([name, field]) => ({ name, ...field }))
  return `export const FLOW_FIELD_LIST = ${JSON.stringify(fields)}`
}
