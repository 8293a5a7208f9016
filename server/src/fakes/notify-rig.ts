/** For tests: notifications with a clock that is set, and a provider on loopback that answers as it is told. */
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Detection } from '@netscope/detect/detection.ts'
import type { AlertRow, KeptAlert } from '../alerts/alert-row.ts'
import { createAlertStore } from '../alerts/alert-store.ts'
import type { Channel } from '../notify/channel.ts'
import type { NewChannel } from '../notify/channels.ts'
import type { Notice } from '../notify/notice.ts'
import { createNotify } from '../notify/notify.ts'
import type { Notify } from '../notify/notify.ts'
import { createOutgoing } from '../outgoing/outgoing.ts'
import { openState } from '../state/open-state.ts'
import { rowOf, storedAlert } from './alert-row.ts'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface ProviderAnswer {
  status: number
  headers?: Record<string, string>
  body?: string
}

export interface Provider {
  url: string
  received: Received[]
  /** Taken one after the other; the last stays. */
  answers: ProviderAnswer[]
  stop(): Promise<void>
}

export const startProvider = async (): Promise<Provider> => {
  const received: Received[] = []
  const answers: ProviderAnswer[] = [{ status: 200 }]
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ path: request.url ?? '', headers: request.headers, body })
      const {
        status,
        headers = {},
        body: answer = '',
      } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 200 }
      response.writeHead(status, headers).end(answer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answers,
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export interface NotifyRig {
  notify: Notify
  provider: Provider
  logged: unknown[]
  now: number
  add(given?: Partial<NewChannel>): Channel
  /** Kept and told of, as the alerts do. */
  alert(given: Partial<Detection>, row?: Partial<AlertRow>): void
  /** Kept only. */
  keep(given: Partial<Detection>): void
  /** Lets time pass, and waits until nothing is under way. */
  pass(ms: number): Promise<void>
  /** What the provider was told, as the webhook tells it. */
  told(): (Notice & { id: string })[]
  /** As a server does when it ends and starts again. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Noon of a Thursday, UTC. */
export const NOON_MS = Date.UTC(2026, 0, 15, 12)

export const createNotifyRig = async (): Promise<NotifyRig> => {
  const state = openState({ path: ':memory:' })
  const provider = await startProvider()
  const logged: unknown[] = []
  const store = createAlertStore(state)
  const listeners = new Set<(alert: KeptAlert, row: AlertRow) => void>()
  const note = (...of: unknown[]): void => void logged.push(of)
  const begin = (): Notify => {
    const notify = createNotify(
      { publicUrl: 'https://netscope.example', declared: [] },
      {
        state,
        alerts: {
          watch(listener) {
            listeners.add(listener)
            return () => listeners.delete(listener)
          },
          rowOf,
        },
        alertStore: store,
        outgoing: createOutgoing({ allow: ['127.0.0.0/8'] }),
        now: () => rig.now,
        random: () => 1,
        log: { warn: note, info: note },
      },
    )
    notify.start()
    return notify
  }
  const rig: Omit<NotifyRig, 'notify'> & { notify?: Notify } = {
    provider,
    logged,
    now: NOON_MS,
    add(given = {}) {
      const settings = { url: `${provider.url}/hook`, secret: 'a secret of sixteen' }
      return current().channels.add({ name: 'ops', kind: 'webhook', settings, ...given }, 'ann')
    },
    keep: (given) => store.save([storedAlert(given)]),
    alert(given, row = {}) {
      const stored = storedAlert(given)
      store.save([stored])
      for (const listener of listeners) listener(stored.alert, { ...rowOf(stored), ...row })
    },
    async pass(ms) {
      await Promise.resolve()
      rig.now += ms
      current().look()
      await current().settled()
    },
    told: () => provider.received.map(({ body }) => JSON.parse(body) as Notice & { id: string }),
    async restart() {
      await current().stop()
      rig.notify = begin()
    },
    async stop() {
      await current().stop()
      await provider.stop()
      state.close()
    },
  }
  const current = (): Notify => rig.notify as Notify
  rig.notify = begin()
  return rig as NotifyRig
}
