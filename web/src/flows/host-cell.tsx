/** One side of a flow in the table: its name over its address, or the address alone. */
import { Address } from '../ui/address.tsx'
import { HostName } from '../ui/host-name.tsx'
import type { HostName as Named } from './flow-names.ts'

interface Props {
  names: readonly Named[]
  address: string
  port?: number | undefined
}

export const HostCell = ({ names, address, port }: Props) => {
  const [first] = names
  if (!first) return <Address text={address} port={port} />
  return (
    <span className='two-lines'>
      <span title={names.map(({ name, from }) => `${name} (${from})`).join('\n')}>
        <HostName name={first.name} />
      </span>
      <Address text={address} port={port} />
    </span>
  )
}
