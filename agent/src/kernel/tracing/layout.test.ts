/** The layout in bpf/trace.h, read from the built objects' BTF, is the one that is decoded. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { objectFile } from '../object-file.ts'
import * as layout from './layout.ts'
import { TRACE_HOOKS, WAYS } from './trace-hooks.ts'

interface BtfType {
  kind: string
  name: string
  size?: number
  members?: { name: string; bits_offset: number }[]
}

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

describe.each(WAYS)('the tracing object %s', (way) => {
  const file = objectFile(`trace-${way}.bpf.o`)
  const built = existsSync(file)
  const types = built
    ? (
        JSON.parse(
          execFileSync('bpftool', ['-j', 'btf', 'dump', 'file', file], { encoding: 'utf8' }),
        ) as { types: BtfType[] }
      ).types
    : []
  const struct = (name: string) =>
    types.find((type) => type.kind === 'STRUCT' && type.name === name)
  const offsets = (name: string) =>
    Object.fromEntries(
      (struct(name)?.members ?? []).map((member) => [member.name, member.bits_offset / 8]),
    )

  it.skipIf(!built).each([
    ['trace_tuple', layout.TUPLE_BYTES],
    ['drop_total_key', layout.PLACE_BYTES],
    ['drop_key', layout.DROP_KEY_BYTES],
    ['drop_count', layout.DROP_COUNT_BYTES],
    ['retransmission_key', layout.RETRANSMISSION_KEY_BYTES],
    ['retransmission_count', layout.RETRANSMISSION_COUNT_BYTES],
    ['app_bytes', layout.APP_BYTES_BYTES],
    ['acceptance', layout.ACCEPTANCE_BYTES],
    ['trace_counters', layout.TRACE_COUNTERS.length * 8],
    ['trace_settings', layout.TRACE_SETTINGS.length * 4],
  ])('struct %s has %i bytes', (name, bytes) => {
    expect(struct(name)?.size).toBe(bytes)
  })

  it.skipIf(!built).each([
    ['trace_tuple', layout.TUPLE],
    ['drop_total_key', layout.PLACE],
    ['acceptance', layout.ACCEPTANCE],
    ['drop_key', { tuple: 0, where: layout.TUPLE_BYTES }],
    ['retransmission_key', { tuple: 0, netns: layout.TUPLE_BYTES }],
    ['drop_count', { packets: 0, bytes: 8 }],
    ['retransmission_count', { events: 0, segments: 8 }],
    ['app_bytes', { sent: 0, received: 8 }],
  ])('the fields of struct %s lie where they are read', (name, table) => {
    expect(offsets(name)).toMatchObject(
      Object.fromEntries(Object.entries(table).map(([field, at]) => [snake(field), at])),
    )
  })

  it.skipIf(!built).each([
    ['trace_counters', layout.TRACE_COUNTERS],
    ['trace_settings', layout.TRACE_SETTINGS],
  ])('the fields of struct %s come in the order of their names', (name, names) => {
    expect((struct(name)?.members ?? []).map((member) => member.name)).toEqual(names.map(snake))
  })

  it.skipIf(!built)('has a program for every hook', () => {
    const functions = types.filter(({ kind }) => kind === 'FUNC').map(({ name }) => name)
    expect(functions).toEqual(
      expect.arrayContaining(TRACE_HOOKS.flatMap(({ programs }) => programs[way])),
    )
  })
})
