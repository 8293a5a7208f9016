/** Names of drop reasons as different kernels number them. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readDropReasons } from './drop-reasons.ts'
import { makeBtf, type FakeTypes } from './fake-btf.ts'
import { openKernelTypes, VMLINUX_BTF, type KernelTypes } from './kernel-types.ts'

const folder = mkdtempSync(join(tmpdir(), 'netscope-btf-'))
afterAll(() => rmSync(folder, { recursive: true }))

const open = (types: FakeTypes): KernelTypes => {
  const path = join(folder, 'btf')
  writeFileSync(path, makeBtf(types))
  const opened = openKernelTypes(path)
  if (!opened) throw new Error('libbpf does not take the BTF')
  return opened
}

const LINUX_6_1 = {
  SKB_NOT_DROPPED_YET: 0,
  SKB_DROP_REASON_NOT_SPECIFIED: 1,
  SKB_DROP_REASON_NO_SOCKET: 2,
  SKB_DROP_REASON_QDISC_DROP: 45,
}
const LINUX_6_12 = {
  SKB_NOT_DROPPED_YET: 0,
  SKB_CONSUMED: 1,
  SKB_DROP_REASON_NOT_SPECIFIED: 2,
  SKB_DROP_REASON_NO_SOCKET: 3,
  SKB_DROP_REASON_QDISC_DROP: 57,
  SKB_DROP_REASON_PACKET_SOCK_ERROR: 88,
}
const SUBSYSTEMS = {
  SKB_DROP_REASON_SUBSYS_CORE: 0,
  SKB_DROP_REASON_SUBSYS_MAC80211_UNUSABLE: 1,
  SKB_DROP_REASON_SUBSYS_OPENVSWITCH: 2,
}
const FORMAT =
  'print fmt: "reason: %s", __print_symbolic(REC->reason, { 1, "CONSUMED" }, { 2, "NOT_SPECIFIED" }, { 57, "QDISC_DROP" })'

describe('reasons of drops', () => {
  it.each([
    ['6.1', LINUX_6_1, 1, 45, undefined],
    ['6.12', LINUX_6_12, 2, 57, 88],
  ])('of Linux %s, from its BTF', (_release, skb_drop_reason, last, qdiscDrop, packetSocket) => {
    const types = open({ enums: { skb_drop_reason }, functions: {} })
    const reasons = readDropReasons(types, '')
    types.close()
    expect(reasons?.lastWithoutReason).toBe(last)
    expect(reasons?.packetSocket).toBe(packetSocket)
    expect(reasons?.name(qdiscDrop)).toBe('QDISC_DROP')
    expect(reasons?.name(last)).toBe('NOT_SPECIFIED')
    expect(reasons?.name(99)).toBe('REASON_99')
  })

  it('of modules, by their subsystem', () => {
    const types = open({
      enums: { skb_drop_reason: LINUX_6_12, skb_drop_reason_subsys: SUBSYSTEMS },
      functions: {},
    })
    const reasons = readDropReasons(types, '')
    types.close()
    expect(reasons?.name(0x20003)).toBe('OPENVSWITCH_3')
    expect(reasons?.name(0x90003)).toBe('REASON_589827')
  })

  it("from the tracepoint's format where there is no BTF", () => {
    const reasons = readDropReasons(undefined, FORMAT)
    expect(reasons?.lastWithoutReason).toBe(2)
    expect(reasons?.name(57)).toBe('QDISC_DROP')
  })

  it('are unknown to a kernel before 5.17', () => {
    const types = open({ enums: {}, functions: { tcp_recvmsg: 6 } })
    expect(readDropReasons(types, '')).toBeUndefined()
    types.close()
    expect(readDropReasons(undefined, '')).toBeUndefined()
  })

  it.skipIf(!existsSync(VMLINUX_BTF))('of the running kernel', () => {
    const types = openKernelTypes()
    const reasons = readDropReasons(types, '')
    const numbers = [...(types?.enumValues('skb_drop_reason')?.keys() ?? [])]
    types?.close()
    expect(reasons === undefined).toBe(numbers.length === 0)
    expect(numbers.map((number) => reasons?.name(number)).includes('REASON_1')).toBe(false)
  })
})

describe('types of a kernel', () => {
  it('say how many parameters a function has', () => {
    const types = open({ enums: {}, functions: { tcp_recvmsg: 5, inet_csk_accept: 2 } })
    expect(types.parameterCount('tcp_recvmsg')).toBe(5)
    expect(types.parameterCount('inet_csk_accept')).toBe(2)
    expect(types.parameterCount('tcp_sendpage')).toBeUndefined()
    types.close()
  })

  it('are not there where a file is no BTF', () => {
    const path = join(folder, 'other')
    writeFileSync(path, 'no BTF at all')
    expect(openKernelTypes(path)).toBeUndefined()
    expect(openKernelTypes(join(folder, 'missing'))).toBeUndefined()
  })
})
