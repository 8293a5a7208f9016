/** What the detectors have found: the alerts, the stories that they are part of, and what is held back. */
import { replaceParams } from '../route.ts'
import { Segmented } from '../ui/segmented.tsx'
import { AlertsList } from './alerts-list.tsx'
import { IncidentsPart } from './incidents-part.tsx'
import { SilencesPart } from './silences-part.tsx'

const PARTS = [
  ['', 'Alerts'],
  ['incidents', 'Incidents'],
  ['silences', 'Silences'],
] as const
type Part = (typeof PARTS)[number][0]

export const AlertsView = ({ params }: { params: URLSearchParams }) => {
  const part = PARTS.find(([name]) => name === params.get('part'))?.[0] ?? ''
  const parts = (
    <Segmented<Part>
      label='Part'
      value={part}
      options={PARTS}
      onChange={(to) => replaceParams('alerts', { part: to })}
    />
  )
  return (
    <div className='view'>
      {part === '' ? (
        <AlertsList params={params} parts={parts} />
      ) : (
        <>
          <div className='filter-bar'>{parts}</div>
          {part === 'incidents' ? <IncidentsPart params={params} /> : <SilencesPart />}
        </>
      )}
    </div>
  )
}
