/** One side of a flow or packet: its address in full, what the lists say of it, Block and Allow. */
import type { ReactNode } from 'react'
import { hasPorts } from '../format/service.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { AddressActions } from './address-actions.tsx'

interface Props {
  title: string
  address: string
  port: number
  protocol: string
  /** Host name, if one is known. */
  name?: string | undefined
  children?: ReactNode
}

export const EndpointCard = ({ title, address, port, protocol, name, children }: Props) => (
  <section className='endpoint'>
    <h3>{title}</h3>
    {name ? <p className='endpoint-name'>{name}</p> : null}
    <p className='mono with-copy'>
      <EndpointText address={address} port={hasPorts(protocol) ? port : undefined} />
      <CopyButton text={address} label={`Copy ${address}`} />
    </p>
    <AddressActions address={address} />
    {children}
  </section>
)

/** Breaks before the port where it must break. */
const EndpointText = ({ address, port }: { address: string; port: number | undefined }) => {
  if (port === undefined) return <span>{address}</span>
  return (
    <span>
      {address.includes(':') ? `[${address}]` : address}
      <wbr />
      <span className='nowrap'>:{port}</span>
    </span>
  )
}
