/** The program that owns one side of a flow, as far as it is known. */
import type { Flow } from '@netscope/core/flow.ts'
import { formatDateTime } from '../format/time.ts'
import { formatRoute } from '../route.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import type { Side } from './flow-health.ts'
import { processOf } from './flow-process.ts'
import { whyNoProcess } from './process-cell.tsx'

export const ProcessCard = ({ flow, side }: { flow: Flow; side: Side }) => {
  const process = processOf(flow, side)
  if (!process)
    return (
      <p className='process-card process-none' title={whyNoProcess(flow)}>
        Program: <span className='faint'>– {whyNoSide(flow)}</span>
      </p>
    )
  const { command, pid, user, commandLine, container, unit, started } = process
  return (
    <div className='process-card'>
      <p className='process-title'>
        <b>{command}</b>
        <span className='muted'>
          {pid ? `pid ${pid}` : ''}
          {user ? ` · ${user}` : ''}
        </span>
        <a href={formatRoute('flows', { q: command })}>Its flows</a>
      </p>
      {commandLine ? (
        <p className='command-line'>
          <code>{commandLine}</code>
          <CopyButton text={commandLine} label='Copy the command line' />
        </p>
      ) : null}
      <dl className='process-facts'>
        <Fact label='Container' text={container} why='It runs in no container that we know' />
        <Fact label='Unit' text={unit} why='It belongs to no systemd unit' />
        <Fact
          label='Started'
          text={started ? formatDateTime(Date.parse(started)).slice(0, 19) : ''}
          why='It had ended before it could be looked up'
        />
      </dl>
    </div>
  )
}

/** The same in few words. */
const whyNoSide = (flow: Flow): string =>
  flow.direction === 'forwarded' ? 'not on this host' : 'no socket on this host'

const Fact = ({ label, text, why }: { label: string; text: string; why: string }) => (
  <div>
    <dt>{label}</dt>
    <dd title={text ? undefined : why}>{text || '–'}</dd>
  </div>
)
