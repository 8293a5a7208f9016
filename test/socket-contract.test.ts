/** The layout in bpf/socket.h, read from the built object's BTF, is the one that agent/src/sockets decodes. */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RTT_BUCKETS, rttBucketEndUs } from '@netscope/core/rtt-bucket.ts'
import { PEER_CLASSES } from '@netscope/core/status.ts'
import * as slot from '../agent/src/sockets/socket-slot.ts'
import { builtObject, readBtf, snakeKeys } from './btf.ts'
import { hasClang, runC } from './run-c.ts'

const OBJECT = builtObject('socket.bpf.o')

describe.skipIf(!existsSync(OBJECT))('the binary contract with the socket programs', () => {
  const btf = readBtf(OBJECT)

  it.each([
    ['socket_slot', slot.SOCKET],
    ['socket_owner', slot.OWNER],
    ['socket_control', slot.SOCKET_CONTROL],
  ])('the fields of struct %s lie where they are read', (name, table) => {
    expect(btf.offsets(name)).toMatchObject(snakeKeys(table))
  })

  it('slots and commands have the sizes that are read', () => {
    expect(btf.sizeOf('socket_slot')).toBe(slot.SOCKET_BYTES)
    const { command = 0, thread = 0 } = btf.offsets('socket_owner')
    expect(thread - command).toBe(slot.COMMAND_BYTES)
  })

  it('a histogram is a sum and as many buckets as are read', () => {
    expect(btf.offsets('rtt_histogram')).toEqual({ sum_us: 0, counts: 8 })
    expect(btf.sizeOf('rtt_histogram')).toBe(8 * (1 + RTT_BUCKETS))
  })
})

describe.skipIf(!hasClang)('the code of the socket programs', () => {
  it('puts each round trip time into the bucket that ends beyond it and not before', () => {
    const around = Array.from({ length: 32 }, (_, power) => 2 ** power)
      .flatMap((power) => [1, 1.25, 1.5, 1.75].map((part) => Math.floor(part * power)))
      .flatMap((us) => [us - 1, us, us + 1])
    const times = [...around, 2 ** 32 - 1].filter((us) => us >= 0 && us < 2 ** 32)
    const buckets = runC('rtt-bucket.h', 'rtt_bucket(n)', times)
    times.forEach((us, i) => {
      const bucket = buckets[i]!
      expect(bucket, `${us} µs`).toBeLessThan(RTT_BUCKETS)
      if (bucket > 0 && us > 1)
        expect(us, `bucket ${bucket}`).toBeGreaterThanOrEqual(startOf(bucket))
      // The last one takes all that is longer.
      if (bucket < RTT_BUCKETS - 1)
        expect(us, `bucket ${bucket}`).toBeLessThanOrEqual(rttBucketEndUs(bucket))
    })
    expect(buckets.at(-1)).toBe(RTT_BUCKETS - 1)
  })

  it('has the classes of peers in the order of their names', () => {
    const names = PEER_CLASSES.map((name) => `PEER_${name.toUpperCase().replaceAll('-', '_')}`)
    const numbers = PEER_CLASSES.map((_, index) => index)
    expect(runC('socket.h', `((unsigned[]){${names.join(', ')}})[n]`, numbers)).toEqual(numbers)
  })
})

/** A bucket begins where the one before ends; 1 µs and 2 µs leave some empty. */
const startOf = (bucket: number): number => Math.floor(rttBucketEndUs(bucket - 1))
