/** An address that loses its middle, not its end, where there is no room for all of it. */

interface Props {
  text: string
  /** Shown behind it and never cut. */
  port?: number | undefined
}

const TAIL = 7
/** Up to here nothing is cut: every IPv4 address, and the shortest IPv6 ones. */
const LONGEST_V4 = 15
const SHORT_V6 = 10

export const Address = ({ text, port }: Props) => {
  const v6 = text.includes(':')
  const fits = text.length <= (v6 ? SHORT_V6 : LONGEST_V4)
  const [head, tail] = fits ? ['', text] : [text.slice(0, -TAIL), text.slice(-TAIL)]
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
