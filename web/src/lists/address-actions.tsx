/** Block and Allow for one address. */
import { Icon } from '../ui/icon.tsx'
import { useListActions } from './list-actions.tsx'

export const AddressActions = ({ address }: { address: string }) => {
  const { ask } = useListActions()
  return (
    <p className="actions">
      <button type="button" className="button button-block" onClick={() => ask('deny', [address])}>
        <Icon name="block" /> Block<span className="sr-only"> {address}</span>
      </button>
      <button type="button" className="button" onClick={() => ask('allow', [address])}>
        <Icon name="allow" /> Allow<span className="sr-only"> {address}</span>
      </button>
    </p>
  )
}
