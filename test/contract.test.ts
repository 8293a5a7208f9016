/** The layout in bpf/flow.h, read from the built object's BTF, is the one that core/src/slot.ts decodes. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as slot from '@netscope/core/slot.ts'
import * as captured from '../agent/src/capture/captured-packet.ts'

const OBJECT = join(import.meta.dirname, '../bpf/build/flow.bpf.o')

interface BtfType {
  id: number
  kind: string
  name: string
  size?: number
  members?: { name: string; bits_offset: number }[]
  values?: { name: string; val: number }[]
}

const readBtf = (): BtfType[] => {
  const text = execFileSync('bpftool', ['-j', 'btf', 'dump', 'file', OBJECT], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  return (JSON.parse(text) as { types: BtfType[] }).types
}

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

describe.skipIf(!existsSync(OBJECT))('the binary contract with the kernel program', () => {
  const types = readBtf()
  const struct = (name: string) =>
    types.find((type) => type.kind === 'STRUCT' && type.name === name)
  const offsets = (name: string) =>
    Object.fromEntries(
      (struct(name)?.members ?? []).map((member) => [member.name, member.bits_offset / 8]),
    )
  const expected = (table: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(table).map(([name, offset]) => [snake(name), offset]))

  it.each([
    ['flow_slot', slot.SLOT_BYTES],
    ['flow_key', slot.KEY_BYTES],
    ['flow_owner', slot.OWNER_BYTES],
    ['packet_event', slot.EVENT_BYTES],
    ['observation', slot.OBSERVATION_BYTES],
    ['prefix', slot.PREFIX_BYTES],
    ['captured_packet', captured.CAPTURED_BYTES],
    ['capture_filter', captured.CAPTURE_FILTER_BYTES],
  ])('struct %s has %i bytes', (name, bytes) => {
    expect(struct(name)?.size).toBe(bytes)
  })

  it.each([
    ['flow_slot', slot.SLOT],
    ['flow_key', slot.KEY],
    ['packet_event', slot.EVENT],
    ['observation', slot.OBSERVATION],
    ['captured_packet', captured.CAPTURED],
    ['capture_filter', captured.CAPTURE_FILTER],
    ['observation_counters', slot.OBSERVATION_COUNTERS],
    ['control', { ...slot.CONTROL, eventsPer10ms: undefined, observePer10ms: undefined }],
  ])('the fields of struct %s lie where they are read', (name, table) => {
    const entries: [string, number | undefined][] = Object.entries(table)
    const known = Object.fromEntries(
      entries.filter((entry): entry is [string, number] => entry[1] !== undefined),
    )
    expect(offsets(name)).toMatchObject(expected(known))
  })

  it('the limits lie where they are written', () => {
    expect(offsets('control')['events_per_10ms']).toBe(slot.CONTROL.eventsPer10ms)
    expect(offsets('control')['observe_per_10ms']).toBe(slot.CONTROL.observePer10ms)
  })

  it('the kinds of observations have the numbers of their names', () => {
    const numbers = Object.fromEntries(
      (
        types.find(({ kind, name }) => kind === 'ENUM' && name === 'observed_kind')?.values ?? []
      ).map(({ name, val }) => [val, name]),
    )
    slot.OBSERVED_KINDS.forEach((kind, number) => {
      if (number > 0) expect(numbers[number]).toBe(`OBSERVED_${kind.toUpperCase()}`)
    })
  })

  it('the hook counters come in the order of their names', () => {
    expect((struct('hook_counters')?.members ?? []).map(({ name }) => name)).toEqual(
      slot.HOOK_COUNTERS.map(snake),
    )
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
