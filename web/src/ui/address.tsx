/** An address that loses its middle, not its end, where there is no room for all of it. */

interface Props {
  text: string
  /** Shown behind it and never cut. */
  port?: number | undefined
}

const TAIL = 7
/** The longest IPv4 address; anything shorter is never cut. */
const LONGEST_V4 = 15

export const Address = ({ text, port }: Props) => {
  const [head, tail] =
    text.length > LONGEST_V4 ? [text.slice(0, -TAIL), text.slice(-TAIL)] : ['', text]
  const v6 = text.includes(':')
  const full = port === undefined ? text : v6 ? `[${text}]:${port}` : `${text}:${port}`
  return (
    <span className='mono address' title={full}>
      {head ? <span className='address-head'>{head}</span> : null}
      <span>{tail}</span>
      {port === undefined ? null : (
        <span className='faint'>
          {v6 ? ' ' : ''}:{port}
        </span>
      )}
    </span>
  )
}
