/** What is done about alerts: blocks and other actions, policies, channels, feeds, look-ups, what nothing may hit. */
import { replaceParams } from '../route.ts'
import { Segmented } from '../ui/segmented.tsx'
import { ActionsTab } from './actions-tab.tsx'
import { ChannelsTab } from './channels-tab.tsx'
import { FeedsTab } from './feeds-tab.tsx'
import { LookUpTab } from './look-up-tab.tsx'
import { PoliciesTab } from './policies-tab.tsx'
import { ProtectedTab } from './protected-tab.tsx'

const TABS = {
  actions: ['Actions', ActionsTab],
  policies: ['Policies', PoliciesTab],
  channels: ['Channels', ChannelsTab],
  feeds: ['Feeds', FeedsTab],
  'look-up': ['Look-up', LookUpTab],
  protected: ['Protected', ProtectedTab],
} as const
type TabName = keyof typeof TABS
const NAMES = Object.keys(TABS) as TabName[]

export const RespondView = ({ params }: { params: URLSearchParams }) => {
  const shown = NAMES.find((name) => name === params.get('tab')) ?? 'actions'
  const [, Tab] = TABS[shown]
  return (
    <div className='view'>
      <div className='filter-bar'>
        <Segmented
          label='Part'
          value={shown}
          options={NAMES.map((name) => [name, TABS[name][0]] as const)}
          onChange={(name) => replaceParams('respond', { tab: name === 'actions' ? '' : name })}
        />
      </div>
      <div className='access'>
        <Tab params={params} />
      </div>
    </div>
  )
}
