/** What this machine lets us do, by tier: what works, why something does not, and what would make it work. */
import {
  DIAGNOSIS_AREAS,
  type CheckState,
  type Diagnosis,
  type DiagnosisArea,
  type DiagnosisCheck,
} from '@netscope/core/diagnosis.ts'
import type { StatusAnswer } from '../api/status.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { missingCapabilities } from './health.ts'
import { HookPrograms } from './hook-programs.tsx'
import { useDiagnosis } from './use-diagnosis.ts'

const TITLES: Readonly<Record<DiagnosisArea, [title: string, meaning: string]>> = {
  kernel: ['Kernel', ''],
  'tier A': ['Tier A', 'flows, lists, sockets and their programs: every kernel from 5.10 on'],
  'tier B': ['Tier B', 'tracing: drops with their reason, bytes as programs see them'],
  'tier C': ['Tier C', 'an exact position beside other programs: kernel 6.6'],
  interfaces: ['Interfaces', ''],
  machine: ['Machine', ''],
}

const STATES: Readonly<Record<CheckState, [icon: IconName, word: string]>> = {
  works: ['check', 'works'],
  limited: ['warn', 'works with limits'],
  missing: ['close', 'does not work'],
  unknown: ['dot', 'not known'],
}

export const CapabilitiesSection = ({ status }: { status: StatusAnswer }) => {
  const agents = useDiagnosis(status.agentConnected)
  if (agents.length === 0) return <Told capabilities={status.capabilities ?? []} />
  const missing = missingCapabilities(status)
  return agents.map(({ agent, diagnosis }) =>
    diagnosis ? (
      <section key={agent}>
        <h3>Capabilities{agents.length > 1 ? ` of ${agent}` : ' of this machine'}</h3>
        <p className='muted small'>
          Linux {diagnosis.kernel} on {diagnosis.architecture}, as <code>netscope doctor</code>{' '}
          tells it.
        </p>
        <Areas diagnosis={diagnosis} />
        {missing.length > 0 ? <Missed missing={missing} /> : null}
      </section>
    ) : null,
  )
}

const Areas = ({ diagnosis }: { diagnosis: Diagnosis }) =>
  DIAGNOSIS_AREAS.map((area) => {
    const checks = diagnosis.checks.filter((check) => check.area === area)
    const programs = area === 'interfaces' ? diagnosis.programs : []
    if (checks.length === 0 && programs.length === 0) return null
    const [title, meaning] = TITLES[area]
    const working = checks.filter(({ state }) => state === 'works' || state === 'limited')
    return (
      <div key={area} className='area'>
        <h4>
          <span className='nowrap'>{title}</span>{' '}
          {meaning ? <span className='faint'>{meaning}</span> : null}
          <span className='area-sum'>
            {working.length} of {checks.length}
          </span>
        </h4>
        <ul className='capabilities'>
          {checks.map((check) => (
            <Check key={check.id} check={check} />
          ))}
        </ul>
        {programs.length > 0 ? <HookPrograms programs={programs} /> : null}
      </div>
    )
  })

const Check = ({ check: { name, state, detail, remedy } }: { check: DiagnosisCheck }) => {
  const [icon, word] = STATES[state]
  return (
    <li className={`check-${state}`}>
      <Icon name={icon} label={word} />
      <div>
        <p>
          {name}
          {detail ? <span className='muted'>: {detail}</span> : null}
        </p>
        {remedy ? <p className='remedy'>{remedy}</p> : null}
      </div>
    </li>
  )
}

type Capability = NonNullable<StatusAnswer['capabilities']>[number]

/** What the agent says each second; until its diagnosis is there, or from an agent that makes none. */
const Told = ({ capabilities }: { capabilities: readonly Capability[] }) =>
  capabilities.length === 0 ? null : (
    <section>
      <h3>Capabilities of this machine</h3>
      <CapabilityList capabilities={capabilities} />
    </section>
  )

/** What the status bar counts as missing: it can have gone since the machine was diagnosed. */
const Missed = ({ missing }: { missing: readonly Capability[] }) => (
  <div className='area'>
    <h4>Missing at this moment</h4>
    <CapabilityList capabilities={missing} />
  </div>
)

const CapabilityList = ({ capabilities }: { capabilities: readonly Capability[] }) => (
  <ul className='capabilities'>
    {capabilities.map(({ name, ok, reason }) => (
      <li key={name} className={ok ? 'check-works' : 'check-missing'}>
        <Icon name={ok ? 'check' : 'warn'} label={ok ? 'present' : 'missing'} />
        <div>
          <p>{name}</p>
          {reason ? <p className='muted'>{reason}</p> : null}
        </div>
      </li>
    ))}
  </ul>
)
