/** Makes the source that the configuration names; each brings its own code, and `mock` needs no libbpf. */
import type { UpConfig } from '@netscope/core/config/sections.ts'
import { NetscopeError } from '@netscope/core/errors.ts'
import type { Source } from './source.ts'

/** Throws NetscopeError `kernel.*` when the source can't work here. */
export const createSource = async (config: UpConfig): Promise<Source> => {
  if (config.agent.source === 'mock') {
    const { createMockSource } = await import('./mock/mock-source.ts')
    return createMockSource(config)
  }
  const { createKernelSource } = await import('./kernel/kernel-source.ts').catch(explainLoading)
  return createKernelSource({
    ...config.network,
    tableSize: config.flows.tableSize,
    listEntries: config.lists.maxEntries,
    quietPort: config.server.port,
  })
}

/** libbpf is loaded with the module that calls it; koffi does not say which library is missing. */
const explainLoading = (cause: Error): never => {
  if (!cause.message.includes('shared library')) throw cause
  throw new NetscopeError('kernel.no-libbpf', { reason: cause.message }, { cause })
}
