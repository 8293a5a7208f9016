/** What a view says when it has no rows to show: loading, empty, or wrong. */
import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface Props {
  icon?: IconName
  title: string
  children?: ReactNode
  tone?: 'plain' | 'bad'
}

export const Notice = ({ icon = 'dot', title, children, tone = 'plain' }: Props) => (
  <div className={`notice notice-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
    <Icon name={icon} />
    <h3>{title}</h3>
    {children ? <div className='notice-text'>{children}</div> : null}
  </div>
)
