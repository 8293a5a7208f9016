/** For tests: notifications in a process of their own, which can be killed. Arguments: database, URL, id of an alert or nothing. */
import { createAlertStore } from '../alerts/alert-store.ts'
import { createNotify } from '../notify/notify.ts'
import { createOutgoing } from '../outgoing/outgoing.ts'
import { openState } from '../state/open-state.ts'
import { rowOf, storedAlert } from './alert-row.ts'

const [path = '', url = '', alert] = process.argv.slice(2)
const state = openState({ path })
const alertStore = createAlertStore(state)
const notify = createNotify(
  { publicUrl: '', declared: [] },
  {
    ...{ state, alertStore, now: Date.now },
    alerts: { watch: () => () => undefined, rowOf },
    outgoing: createOutgoing({ allow: ['127.0.0.1'] }),
    log: { warn: () => undefined, info: () => undefined },
  },
)
if (notify.channels.all().length === 0)
  notify.channels.add(
    {
      ...{ name: 'ops', kind: 'webhook', rules: { groupSeconds: 0 } },
      settings: { url, secret: 'a secret of sixteen' },
    },
    'ann',
  )
if (alert) alertStore.save([storedAlert({ id: alert })])
notify.start()
