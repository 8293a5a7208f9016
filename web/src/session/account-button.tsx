/** Who is signed in, and the way out; in the top line. */
import { formatRoute } from '../route.ts'
import { Icon } from '../ui/icon.tsx'
import { useMe } from './me.ts'

export const AccountButton = () => {
  const { me, leave } = useMe()
  return (
    <span className='account'>
      <a className='account-name' href={formatRoute('access')} title={`Signed in as ${me.role}`}>
        {me.name}
      </a>
      <button
        type='button'
        className='icon-button'
        title='Sign out'
        aria-label='Sign out'
        onClick={leave}
      >
        <Icon name='leave' />
      </button>
    </span>
  )
}
