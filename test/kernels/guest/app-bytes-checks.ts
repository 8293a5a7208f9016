/** Bytes as applications see them: equal to what system calls returned, per socket; and who accepted. */
import { openSync, readFileSync, writeFileSync } from 'node:fs'
import type { Tracing } from '../../../agent/src/kernel/tracing/tracing.ts'
import { connectBlocking, MSG_PEEK, MSG_WAITALL } from './blocking-socket.ts'
import { equal, sleep, type Checks } from './checks.ts'
import { NAMESPACE, THERE } from './link.ts'
import { moveToCgroup } from './socket-cookies.ts'
import { sendStream } from './traffic.ts'
import { startTrickle, TRICKLE_BYTES, TRICKLE_PORT } from './trickle.ts'

const STREAM_BYTES = 700_001
const FILE_BYTES = 100_003
const FILE = '/tmp/file-to-send'
let rounds = 0

export const checkAppBytes = async ({ check }: Checks, tracing: Tracing): Promise<void> => {
  const trickle = await startTrickle(NAMESPACE)
  const cgroupId = moveToCgroup(`trickle-${rounds++}`, trickle.pid)
  tracing.read()

  for (const to of [THERE.v4, THERE.v6]) {
    await check(`${STREAM_BYTES} bytes to ${to} and back, at both ends`, async () => {
      await sendStream(to, STREAM_BYTES)
      await sleep(100)
      const { appBytes } = tracing.read()
      equal(
        appBytes.map(({ sent, received }) => [sent, received]),
        [
          [STREAM_BYTES, STREAM_BYTES],
          [STREAM_BYTES, STREAM_BYTES],
        ],
      )
    })
  }

  await check('a MSG_WAITALL reader of small pieces, after a peek, at both ends', async () => {
    const socket = connectBlocking(THERE.v4, TRICKLE_PORT)
    equal(socket.send(Buffer.alloc(1)), 1)
    equal(socket.receive(100, MSG_PEEK | MSG_WAITALL), 100)
    equal(socket.receive(TRICKLE_BYTES, MSG_WAITALL), TRICKLE_BYTES)
    await sleep(100)
    const { appBytes, accepted } = tracing.read()
    equal(
      appBytes.find(({ cookie }) => cookie === socket.cookie),
      { cookie: socket.cookie, sent: 1, received: TRICKLE_BYTES },
    )
    equal(
      appBytes.find(({ cookie }) => cookie === accepted[0]?.cookie),
      { cookie: accepted[0]?.cookie, sent: TRICKLE_BYTES, received: 1 },
    )
    equal(accepted, [
      {
        cookie: accepted[0]?.cookie,
        pid: trickle.pid,
        uid: 0,
        cgroupId,
        command: readFileSync(`/proc/${trickle.pid}/comm`, 'utf8').trimEnd(),
      },
    ])
    socket.close()
    return JSON.stringify(accepted[0]?.command)
  })

  await check('sendfile and splice', async () => {
    writeFileSync(FILE, Buffer.alloc(FILE_BYTES, 1))
    const socket = connectBlocking(THERE.v4, TRICKLE_PORT)
    const file = openSync(FILE, 'r')
    let sent = 0
    while (sent < FILE_BYTES) sent += socket.sendFile(file, FILE_BYTES - sent)
    let received = 0
    while (received < TRICKLE_BYTES) received += socket.splice(TRICKLE_BYTES - received)
    await sleep(100)
    const { appBytes } = tracing.read()
    equal(
      appBytes.find(({ cookie }) => cookie === socket.cookie),
      { cookie: socket.cookie, sent: FILE_BYTES, received: TRICKLE_BYTES },
    )
    socket.close()
  })
  trickle.stop()
}
