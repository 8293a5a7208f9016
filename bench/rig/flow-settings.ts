/** The section `flows` of the configuration with its defaults. */
import { flowsSection, type FlowsSection } from '@netscope/core/config/flows.ts'

const { properties } = flowsSection

export const defaultFlowSettings = (): FlowsSection =>
  Object.fromEntries(
    Object.entries(properties).map(([name, key]) => [name, key.default]),
  ) as unknown as FlowsSection
