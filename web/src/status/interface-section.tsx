/** Every interface: how it is attached, what it carries, and how well we count it. */
import type { InterfaceStatus } from '../api/status.ts'
import { formatRate, formatShare } from '../format/quantity.ts'

export const InterfaceSection = ({ interfaces }: { interfaces: readonly InterfaceStatus[] }) => (
  <section>
    <h3>Interfaces</h3>
    <table className='plain'>
      <thead>
        <tr>
          <th scope='col'>Name</th>
          <th scope='col'>Attached</th>
          <th scope='col'>In</th>
          <th scope='col'>Out</th>
          <th scope='col'>Coverage</th>
        </tr>
      </thead>
      <tbody>
        {interfaces.map((each) => (
          <Row key={each.ifindex} each={each} />
        ))}
      </tbody>
    </table>
  </section>
)

const Row = ({ each }: { each: InterfaceStatus }) => {
  const share = each.coverage?.bytes
  return (
    <tr className={each.attached ? '' : 'not-attached'}>
      <th scope='row'>
        {each.name}
        <span className='faint'>
          {' '}
          {each.kind}
          {each.leaf ? '' : ', not in the totals'}
        </span>
      </th>
      <td>
        {each.attached ?? 'no'}
        {each.reason ? <p className='muted'>{each.reason}</p> : null}
      </td>
      <td>{formatRate(each.rxBytesPerSecond)}</td>
      <td>{formatRate(each.txBytesPerSecond)}</td>
      <td>{share === undefined ? '–' : formatShare(share)}</td>
    </tr>
  )
}
