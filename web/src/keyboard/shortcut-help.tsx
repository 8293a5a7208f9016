/** The list of shortcuts, opened by `?`. */
import { useState } from 'react'
import { Dialog } from '../ui/dialog.tsx'
import { shortcutsOn, switchShortcuts } from './use-shortcuts.ts'

const GROUPS: { title: string; keys: [keys: string[], what: string][] }[] = [
  {
    title: 'Anywhere',
    keys: [
      [
        ['1', '2', '3', '4', '5', '6', '7'],
        'Flows, Events, Lists, Devices, Agents, Alerts, Respond',
      ],
      [['/'], 'Go to the filter'],
      [['p'], 'Pause and resume the table'],
      [['s'], 'Health: coverage, losses, capabilities'],
      [['u'], 'Undo the last list change'],
      [['t'], 'Change the theme'],
      [['?'], 'This list'],
      [['Esc'], 'Close what is open'],
    ],
  },
  {
    title: 'In a table',
    keys: [
      [['↑', '↓'], 'Move by a row'],
      [['PgUp', 'PgDn'], 'Move by a page'],
      [['Home', 'End'], 'First and last row'],
      [['Enter'], 'Open the details'],
      [['b'], 'Block an address of the row'],
      [['a'], 'Allow an address of the row'],
      [['Del'], 'Remove the list entry'],
    ],
  },
]

export const ShortcutHelp = ({ onClose }: { onClose: () => void }) => {
  const [on, setOn] = useState(shortcutsOn)
  const change = (value: boolean) => {
    switchShortcuts(value)
    setOn(value)
  }
  return (
    <Dialog title='Keyboard' onClose={onClose} className='help'>
      <div className='help-groups'>
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(([keys, what]) => (
                <div key={what}>
                  <dt>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className='check'>
        <input type='checkbox' checked={on} onChange={(event) => change(event.target.checked)} />
        Single-key shortcuts are on
      </label>
    </Dialog>
  )
}
