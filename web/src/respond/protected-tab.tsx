/** What no block may hit, and why. */
import { fetchProtected } from '../api/respond.ts'
import { usePolled } from '../devices/use-polled.ts'
import { ago } from './time-left.tsx'

const AGAIN_MS = 5000

export const ProtectedTab = () => {
  const { answer, error } = usePolled('protected', fetchProtected, AGAIN_MS)
  return (
    <>
      <p className='muted'>
        These addresses stand above every deny: a block that would hit one is refused.
      </p>
      {error ? <p className='error'>{error}</p> : null}
      <table className='plain-table'>
        <caption className='sr-only'>Protected addresses</caption>
        <thead>
          <tr>
            <th scope='col'>Address</th>
            <th scope='col'>What it is</th>
            <th scope='col'>Why</th>
            <th scope='col'>Told by</th>
            <th scope='col'>Seen</th>
          </tr>
        </thead>
        <tbody>
          {answer?.protected.map((of) => (
            <tr key={[of.prefix, of.kind, of.agent].join(' ')}>
              <td className='mono'>{of.prefix}</td>
              <td>{of.kind}</td>
              <td>
                {of.reason}
                {of.canOverride ? <span className='faint'> · an admin may insist</span> : null}
              </td>
              <td>{of.agent || 'this server'}</td>
              <td>{ago(of.lastSeen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
