/** The own account, API tokens and, for an admin, users and the audit log. */
import { replaceParams } from '../route.ts'
import { reaches, useMe } from '../session/me.ts'
import { Segmented } from '../ui/segmented.tsx'
import { AccountTab } from './account-tab.tsx'
import { AuditTab } from './audit-tab.tsx'
import { TokensTab } from './tokens-tab.tsx'
import { UsersTab } from './users-tab.tsx'

const TABS = { tokens: TokensTab, account: AccountTab, users: UsersTab, audit: AuditTab } as const
type TabName = keyof typeof TABS
const TITLES: Record<TabName, string> = {
  tokens: 'Tokens',
  account: 'Own account',
  users: 'Users',
  audit: 'Audit log',
}
const OF_ALL: readonly TabName[] = ['tokens', 'account']
const OF_ADMIN: readonly TabName[] = ['tokens', 'users', 'audit', 'account']

export const AccessView = ({ params }: { params: URLSearchParams }) => {
  const { me } = useMe()
  const names = reaches(me, 'admin') ? OF_ADMIN : OF_ALL
  const shown = names.find((name) => name === params.get('tab')) ?? 'tokens'
  const Tab = TABS[shown]
  return (
    <div className='view'>
      <div className='filter-bar'>
        <Segmented
          label='Part'
          value={shown}
          options={names.map((name) => [name, TITLES[name]] as const)}
          onChange={(name) => replaceParams('access', { tab: name === 'tokens' ? '' : name })}
        />
      </div>
      <div className='access'>
        <Tab />
      </div>
    </div>
  )
}
