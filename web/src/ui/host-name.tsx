/** A host name that loses its beginning, not its domain, where there is no room for all of it. */

const LABELS_KEPT = 2
const LONGEST_TAIL = 24

/** 'rr4.sn-4g5e.googlevideo.com' → ['rr4.sn-4g5e.', 'googlevideo.com']. */
export const splitName = (name: string): [head: string, tail: string] => {
  const labels = name.split('.')
  const tail = labels.slice(-LABELS_KEPT).join('.')
  return tail.length > LONGEST_TAIL || tail === name
    ? ['', name]
    : [name.slice(0, -tail.length), tail]
}

export const HostName = ({ name }: { name: string }) => {
  const [head, tail] = splitName(name)
  return (
    <span className='host-name'>
      {head ? <span className='host-head'>{head}</span> : null}
      <span className='host-tail'>{tail}</span>
    </span>
  )
}
