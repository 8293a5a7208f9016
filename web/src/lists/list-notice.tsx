/** What stands in a list without rows. */
import type { ListName } from '../api/lists.ts'
import { Notice } from '../ui/notice.tsx'

interface Props {
  list: ListName
  match: string
  loaded: boolean
  error: string
  onRetry: () => void
}

const EMPTY: Record<ListName, [title: string, text: string]> = {
  deny: ['Nothing is blocked', 'Add an address above, or choose a flow and press Block.'],
  allow: [
    'Nothing is on the allow list',
    'An address here is never dropped, whatever the deny list says.',
  ],
}

export const ListNotice = ({ list, match, loaded, error, onRetry }: Props) => {
  if (error) {
    return (
      <Notice icon='warn' title="The list can't be read at the moment" tone='bad'>
        <p>{error}</p>
        <p>
          <button type='button' className='button' onClick={onRetry}>
            Try again
          </button>
        </p>
      </Notice>
    )
  }
  if (!loaded) return <Notice title='Reading the list …' />
  if (match) return <Notice icon='search' title='No entry matches' />
  const [title, text] = EMPTY[list]
  return (
    <Notice icon={list === 'deny' ? 'block' : 'allow'} title={title}>
      <p>{text}</p>
    </Notice>
  )
}
