/** By which names the client asked for the server, and the fingerprint of its TLS. */
import type { Flow } from '@netscope/core/flow.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Unknown } from './process-cell.tsx'

export const NamesSection = ({ flow }: { flow: Flow }) => (
  <section>
    <h3>TLS and names</h3>
    <dl className='fields'>
      <Name
        label='DNS name'
        text={flow.dstName}
        why='No DNS answer with this address has passed here'
      />
      <Name
        label='TLS server name'
        text={flow.sni}
        why='No TLS or QUIC hello with a server name has been seen'
      />
      <Name
        label='JA4'
        text={flow.ja4}
        title="Fingerprint of the client's TLS: the same program, the same text"
        why='No TLS or QUIC hello has been seen'
      />
      <Name
        label='HTTP host'
        text={flow.httpHost}
        why='Not clear-text HTTP, or observe.httpHost is off'
      />
    </dl>
  </section>
)

interface NameProps {
  label: string
  text: string
  why: string
  title?: string
}

const Name = ({ label, text, why, title }: NameProps) => (
  <div>
    <dt title={title}>{label}</dt>
    <dd className='with-copy'>
      {text ? (
        <>
          <span className='mono'>{text}</span>
          <CopyButton text={text} label={`Copy the ${label}`} />
        </>
      ) : (
        <Unknown why={why} />
      )}
    </dd>
  </div>
)
