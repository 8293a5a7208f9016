/** What a query on this page can ask for: core's field table, without its readers. */
import { queryFields } from '@netscope/core/query/query-field.ts'
import { FLOW_FIELD_LIST } from 'virtual:flow-fields'

export const QUERY_FIELDS = queryFields(FLOW_FIELD_LIST)
