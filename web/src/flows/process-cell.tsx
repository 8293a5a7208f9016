/** Which program is behind a flow: of both sides when both are here, 'curl → nginx'; a server's alone has the arrow too. */
import type { Flow } from '@netscope/core/flow.ts'
import { describeProcess, homeOf, processesOf } from './flow-process.ts'

export const ProcessCell = ({ flow }: { flow: Flow }) => {
  const processes = processesOf(flow)
  const [first] = processes
  if (!first) return <Unknown why={whyNoProcess(flow)} />
  const homes = [...new Set(processes.map(homeOf).filter(Boolean))]
  return (
    <span className='two-lines' title={processes.map(describeProcess).join('\n\n')}>
      <span className='process-names'>
        {processes.map(({ side, command }) => (
          <span key={side}>
            {side === 'dst' ? <span className='faint'>→ </span> : null}
            {command}{' '}
          </span>
        ))}
      </span>
      {homes.length > 0 ? <span className='tag'>{homes.join(' → ')}</span> : null}
    </span>
  )
}

/** Why a flow has no owner. */
export const whyNoProcess = (flow: Flow): string =>
  flow.direction === 'forwarded'
    ? 'No program of this host: it only passes the packets on'
    : flow.protocol === 'TCP' || flow.protocol === 'UDP'
      ? 'Not known: no socket of this host has been seen for it'
      : `${flow.protocol} has no socket of a program`

/** A value that is not there, and why. */
export const Unknown = ({ why }: { why: string }) => (
  <span className='zero' title={why}>
    –
  </span>
)
