/** Every program on the hooks of the interfaces, in the order in which packets pass them. */
import type { HookProgram } from '@netscope/core/diagnosis.ts'
import { Icon } from '../ui/icon.tsx'

export const HookPrograms = ({ programs }: { programs: readonly HookProgram[] }) => {
  const hiding = programs.filter(({ hides }) => hides)
  return (
    <>
      {hiding.map((program) => (
        <div key={`${program.interface} ${program.hook} ${program.position}`} className='finding'>
          <Icon name='warn' />
          <p>
            <b>{nameOf(program)}</b> on {program.hook} of {program.interface}: {program.hides}
          </p>
        </div>
      ))}
      <details className='all-fields'>
        <summary>All programs on the interfaces ({programs.length})</summary>
        <table className='plain'>
          <thead>
            <tr>
              <th scope='col'>Program</th>
              <th scope='col'>Interface</th>
              <th scope='col'>Hook</th>
              <th scope='col' title='1 runs first on this hook'>
                Position
              </th>
            </tr>
          </thead>
          <tbody>
            {programs.map((program) => (
              <tr key={`${program.interface} ${program.hook} ${program.position}`}>
                <th scope='row'>
                  {nameOf(program)} <span className='faint'>{program.owner}</span>
                </th>
                <td>{program.interface}</td>
                <td>{program.hook}</td>
                <td>
                  {program.position}
                  {program.runsBefore ? ', before ours' : ''}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  )
}

const nameOf = ({ name, id }: HookProgram): string =>
  name || (id > 0 ? `program ${id}` : 'a filter without a program')
