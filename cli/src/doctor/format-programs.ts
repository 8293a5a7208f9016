/** The programs on hooks as text, in the order in which they run. */
import type { CgroupProgram, Diagnosis, HookProgram } from '@netscope/core/diagnosis.ts'
import { wrap, type Page } from './page.ts'

export const formatPrograms = (
  { programs, cgroupPrograms }: Pick<Diagnosis, 'programs' | 'cgroupPrograms'>,
  page: Page,
): string[] => [
  ...section(
    'Programs on interfaces, in the order in which they run',
    programs.flatMap((one) => formatProgram(one, page)),
    page,
  ),
  ...section(
    'Programs on the root of cgroup v2',
    cgroupPrograms.flatMap((one) => formatCgroupProgram(one, page)),
    page,
  ),
]

const section = (title: string, lines: readonly string[], page: Page): string[] =>
  lines.length === 0 ? [] : ['', page.bold(title), ...lines]

const nameOf = ({ name, id, owner }: Pick<HookProgram, 'name' | 'id' | 'owner'>): string =>
  [
    name || '(name not seen)',
    ...(id > 0 ? [`#${id}`] : []),
    ...(owner ? [`of ${owner}`] : []),
  ].join(' ')

const formatProgram = (program: HookProgram, page: Page): string[] => {
  const { interface: on, hook, position, hides, runsBefore } = program
  const order = program.owner === 'NetScope' ? '' : runsBefore ? ', before ours' : ', after ours'
  return [
    ...wrap(`${on} ${hook} ${position}: ${nameOf(program)}${order}`, '  ', page, '      '),
    ...(hides === undefined
      ? []
      : wrap(`${page.colour('!', 33)} ${hides}`, '    ', page, '      ')),
  ]
}

const formatCgroupProgram = (program: CgroupProgram, page: Page): string[] => {
  const { hook, position, exclusive } = program
  const how = exclusive ? ', lets nobody attach beside it' : ''
  return wrap(`${hook} ${position}: ${nameOf(program)}${how}`, '  ', page, '      ')
}
