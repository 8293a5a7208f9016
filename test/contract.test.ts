/** The layout in bpf/flow.h, read from the built object's BTF, is the one that core/src/slot.ts decodes. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as slot from '@netscope/core/slot.ts'
import * as captured from '../agent/src/capture/captured-packet.ts'
import { builtObject, readBtf, snake, snakeKeys } from './btf.ts'
import { hasClang, runC } from './run-c.ts'

const OBJECT = builtObject('flow.bpf.o')

describe.skipIf(!existsSync(OBJECT))('the binary contract with the kernel program', () => {
  const btf = readBtf(OBJECT)

  it.each([
    ['flow_slot', slot.SLOT_BYTES],
    ['flow_key', slot.KEY_BYTES],
    ['flow_owner', slot.OWNER_BYTES],
    ['packet_event', slot.EVENT_BYTES],
    ['observation', slot.OBSERVATION_BYTES],
    ['prefix', slot.PREFIX_BYTES],
    ['limit', slot.LIMIT_BYTES],
    ['captured_packet', captured.CAPTURED_BYTES],
    ['capture_filter', captured.CAPTURE_FILTER_BYTES],
  ])('struct %s has %i bytes', (name, bytes) => {
    expect(btf.sizeOf(name)).toBe(bytes)
  })

  it.each([
    ['flow_slot', slot.SLOT],
    ['flow_key', slot.KEY],
    ['packet_event', slot.EVENT],
    ['observation', slot.OBSERVATION],
    ['limit', slot.LIMIT],
    ['captured_packet', captured.CAPTURED],
    ['capture_filter', captured.CAPTURE_FILTER],
    ['observation_counters', slot.OBSERVATION_COUNTERS],
    [
      'control',
      {
        ...slot.CONTROL,
        eventsPer10ms: undefined,
        observePer10ms: undefined,
        hopsPer10ms: undefined,
      },
    ],
  ])('the fields of struct %s lie where they are read', (name, table) => {
    const entries: [string, number | undefined][] = Object.entries(table)
    const known = Object.fromEntries(
      entries.filter((entry): entry is [string, number] => entry[1] !== undefined),
    )
    expect(btf.offsets(name)).toMatchObject(snakeKeys(known))
  })

  it('the limits lie where they are written', () => {
    expect(btf.offsets('control')['events_per_10ms']).toBe(slot.CONTROL.eventsPer10ms)
    expect(btf.offsets('control')['observe_per_10ms']).toBe(slot.CONTROL.observePer10ms)
    expect(btf.offsets('control')['hops_per_10ms']).toBe(slot.CONTROL.hopsPer10ms)
  })

  it.skipIf(!hasClang)('the kinds of observations have the numbers of their names', () => {
    const names = slot.OBSERVED_KINDS.map((kind) => (kind ? `OBSERVED_${kind.toUpperCase()}` : '0'))
    const numbers = slot.OBSERVED_KINDS.map((_, number) => number)
    expect(runC('flow.h', `((unsigned[]){${names.join(', ')}})[n]`, numbers)).toEqual(numbers)
  })

  it('the hook counters come in the order of their names', () => {
    expect(btf.members('hook_counters')).toEqual(slot.HOOK_COUNTERS.map(snake))
  })

  it('the module for machines without clang was built from these sources', () => {
    const [built, prebuilt] = ['build', 'prebuilt'].map((folder) =>
      readFileSync(join(import.meta.dirname, '../bpf', folder, 'count.wasm')),
    )
    expect(
      prebuilt?.equals(built ?? Buffer.alloc(0)),
      'cp bpf/build/count.wasm bpf/prebuilt/',
    ).toBe(true)
  })
})
