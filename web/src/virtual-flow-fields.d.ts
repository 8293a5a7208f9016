/** What flow-fields-plugin.ts serves: the flow field table without its readers. */
declare module 'virtual:flow-fields' {
  import type { FieldType, FlowFieldName } from '@netscope/core/flow.ts'
  export const FLOW_FIELD_LIST: {
    name: FlowFieldName
    type: FieldType
    label: string
    description: string
    values?: readonly string[]
    both?: 'sum'
    partOf?: string
  }[]
}
