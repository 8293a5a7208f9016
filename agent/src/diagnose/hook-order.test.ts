/** Who runs before us on an interface, and who would hide packets. */
import { describe, expect, it } from 'vitest'
import type { ProgramHook } from '@netscope/core/diagnosis.ts'
import { judgeOrder, type FoundProgram, type Way } from './hook-order.ts'
import { ownerOf } from './program-owner.ts'

const program = (
  hook: ProgramHook,
  position: number,
  name: string,
  more: Partial<FoundProgram> = {},
): FoundProgram => {
  const owner = ownerOf(name)
  return { interface: 'eth0', hook, position, name, id: 1, ...(owner && { owner }), ...more }
}
const judged = (programs: FoundProgram[], way: Way = 'tcx') =>
  judgeOrder(programs, way).map(({ name, runsBefore, hides }) => [
    name,
    runsBefore,
    hides !== undefined,
  ])

describe('the order on an interface', () => {
  it('XDP and netkit are always before us, and hide', () => {
    expect(judged([program('xdp', 1, 'lb'), program('netkit', 1, 'pod')])).toEqual([
      ['lb', true, true],
      ['pod', true, true],
    ])
  })

  it('on tcx we come first where we are not attached yet', () => {
    expect(judged([program('tcx ingress', 1, 'other')])).toEqual([['other', false, false]])
  })

  it('on tcx our real position counts, on the same side only', () => {
    const programs = [
      program('tcx ingress', 1, 'early'),
      program('tcx ingress', 2, 'netscope_in'),
      program('tcx ingress', 3, 'late'),
      program('tcx egress', 1, 'out'),
    ]
    expect(judged(programs)).toEqual([
      ['early', true, true],
      ['netscope_in', false, false],
      ['late', false, false],
      ['out', false, false],
    ])
  })

  it('by clsact, every tcx program and a lower priority are before us', () => {
    const programs = [
      program('tcx egress', 1, 'newer'),
      program('clsact egress', 1, 'low', { priority: 1 }),
      program('clsact egress', 2, 'high', { priority: 49_152 }),
    ]
    expect(judged(programs, 'clsact')).toEqual([
      ['newer', true, true],
      ['low', true, true],
      ['high', false, false],
    ])
  })

  it('what passes packets straight on is said, also after us', () => {
    expect(judged([program('clsact ingress', 1, 'cil_from_netdev-eth0', { priority: 1 })])).toEqual(
      [['cil_from_netdev-eth0', false, true]],
    )
  })

  it('a filter in the NIC hides whatever its place', () => {
    const filter = program('clsact ingress', 1, 'flower', { priority: 90, inHardware: true })
    expect(judged([filter])).toEqual([['flower', false, true]])
  })
})

describe('the owner of a program', () => {
  it.each([
    ['netscope_in_l3', 'NetScope'],
    ['cil_from_contai', 'Cilium'],
    ['cali_tc_preambl', 'Calico'],
    ['calico_connect_', 'Calico'],
    ['tcx_ingress_flo', 'NetObserv'],
    ['tc_egress_flow_', 'NetObserv'],
    ['endpoint_ingres', 'Retina'],
    ['beyla_egress_fl', 'Beyla'],
    ['sd_fw_egress', 'systemd'],
    ['handle_ingress', undefined],
    ['', undefined],
  ])('%s', (name, owner) => expect(ownerOf(name)).toBe(owner))
})
