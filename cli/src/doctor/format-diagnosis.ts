/** A diagnosis as text, by area, with what would help below what does not work. */
import {
  DIAGNOSIS_AREAS,
  tierWorks,
  type CheckState,
  type Diagnosis,
  type DiagnosisArea,
  type DiagnosisCheck,
} from '@netscope/core/diagnosis.ts'
import { formatPrograms } from './format-programs.ts'
import { wrap, type Page } from './page.ts'

const TITLES: Readonly<Record<DiagnosisArea, string>> = {
  kernel: 'Kernel',
  'tier A': 'Tier A: flows, lists, TCP health, who owns a connection',
  'tier B': 'Tier B: drops with their reason, bytes as programs see them',
  'tier C': 'Tier C: links that end with us, a sure place beside other programs',
  interfaces: 'Interfaces',
  machine: 'Machine',
}

const MARKS: Readonly<Record<CheckState, readonly [mark: string, colour: number]>> = {
  works: ['✓', 32],
  limited: ['!', 33],
  missing: ['✗', 31],
  unknown: ['?', 36],
}

/** A host with many containers: interfaces without anything to say stand in one line. */
const MOST_SHOWN = 8
const WIDEST_NAME = 28
/** Below this width, details stand under their names. */
const NARROW = 60

export const formatDiagnosis = (diagnosis: Diagnosis, page: Page): string[] => {
  const { checks, kernel, architecture, user } = diagnosis
  const who = user.uid === 0 ? 'root' : `user ${user.uid}`
  const held = user.capabilities.length > 0 ? user.capabilities.join(', ') : 'no capabilities'
  return [
    ...wrap(`Linux ${kernel}, ${architecture}, as ${who} with ${held}`, '', page),
    ...DIAGNOSIS_AREAS.flatMap((area) => formatArea(area, checks, page)),
    ...formatPrograms(diagnosis, page),
    '',
    ...wrap(verdict(checks), '', page),
  ]
}

const verdict = (checks: readonly DiagnosisCheck[]): string =>
  tierWorks(checks, 'tier A')
    ? 'Tier A works: NetScope counts, blocks and measures on this machine.'
    : 'Tier A does not work as things are: see ✗ and ? above.'

const formatArea = (area: DiagnosisArea, all: readonly DiagnosisCheck[], page: Page): string[] => {
  const checks = gatherQuiet(all.filter((check) => check.area === area))
  if (checks.length === 0) return []
  const width = Math.min(WIDEST_NAME, Math.max(...checks.map(({ name }) => name.length)))
  const lines = checks.flatMap((check, i) => [
    ...formatCheck(check, width, page),
    // Neighbours with the same remedy share it.
    ...(check.remedy !== undefined && check.remedy !== checks[i + 1]?.remedy
      ? wrap(`→ ${check.remedy}`, '    ', page, '      ')
      : []),
  ])
  return ['', page.bold(TITLES[area]), ...lines]
}

const gatherQuiet = (checks: readonly DiagnosisCheck[]): DiagnosisCheck[] => {
  const isQuiet = ({ area, state, remedy }: DiagnosisCheck) =>
    area === 'interfaces' && state === 'works' && remedy === undefined
  const quiet = checks.filter(isQuiet)
  const [first] = quiet
  if (quiet.length <= MOST_SHOWN || !first) return [...checks]
  const names = quiet.map(({ name }) => name).join(', ')
  const all: DiagnosisCheck = { ...first, name: `${quiet.length} more`, detail: names }
  return [...checks.filter((check) => !isQuiet(check)), all]
}

const formatCheck = ({ name, state, detail }: DiagnosisCheck, width: number, page: Page) => {
  const [mark, colour] = MARKS[state]
  const coloured = page.colour(mark, colour)
  if (page.width < NARROW) {
    return [`  ${coloured} ${name}`, ...wrap(detail, '    ', page)]
  }
  const hanging = ' '.repeat(4 + width + 2)
  const [first = '', ...rest] = wrap(detail, hanging, page)
  return [`  ${coloured} ${name.padEnd(width)}  ${first.trimStart()}`, ...rest]
}
