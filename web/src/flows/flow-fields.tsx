/** The remaining fields of a flow, straight from core's field table: a new field appears by itself. */
import type { FieldType, Flow, FlowFieldName } from '@netscope/core/flow.ts'
import { FLOW_FIELD_LIST } from 'virtual:flow-fields'
import { formatBytes, formatExact, formatRate } from '../format/quantity.ts'
import { formatTcpFlags } from '../format/tcp-flags.ts'
import { formatDateTime, formatDuration } from '../format/time.ts'

type Value = string | number

const number = (value: Value) => Number(value)

const FORMATS: Partial<Record<FieldType, (value: Value) => string>> = {
  count: (value) => formatExact(number(value)),
  bytes: (value) => formatBytes(number(value)),
  rate: (value) => formatRate(number(value)),
  flags: (value) => formatTcpFlags(value),
  time: (value) => formatDateTime(Date.parse(String(value))),
  duration: (value) => formatDuration(number(value)),
}

const MONO: ReadonlySet<FieldType> = new Set(['id', 'address', 'port'])

export const FlowFields = ({
  flow,
  except,
}: {
  flow: Flow
  except: ReadonlySet<FlowFieldName>
}) => (
  <details className='all-fields' open>
    <summary>All other fields</summary>
    <dl className='fields'>
      {FLOW_FIELD_LIST.filter(({ name }) => !except.has(name)).map(
        ({ name, type, label, description }) => {
          const text = (FORMATS[type] ?? String)(flow[name])
          return (
            <div key={name}>
              <dt title={`${name}: ${description}`}>{label}</dt>
              <dd className={MONO.has(type) ? 'mono' : ''}>{text === '' ? '–' : text}</dd>
            </div>
          )
        },
      )}
    </dl>
  </details>
)
