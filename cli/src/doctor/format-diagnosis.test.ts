/** A diagnosis as text. */
import { describe, expect, it } from 'vitest'
import type { Diagnosis, DiagnosisCheck } from '@netscope/core/diagnosis.ts'
import { formatDiagnosis } from './format-diagnosis.ts'
import { createPage } from './page.ts'

const check = (changes: Partial<DiagnosisCheck> = {}): DiagnosisCheck => ({
  id: 'kernel.release',
  area: 'kernel',
  name: 'release',
  state: 'works',
  detail: '6.12.1',
  ...changes,
})
const diagnosis = (changes: Partial<Diagnosis> = {}): Diagnosis => ({
  timeMs: 0,
  kernel: '6.12.1',
  architecture: 'x64',
  user: { uid: 0, capabilities: ['CAP_BPF'] },
  checks: [check(), check({ area: 'tier A', name: 'tc program', detail: 'loads' })],
  programs: [],
  cgroupPrograms: [],
  durationMs: 5,
  ...changes,
})
const PLAIN = createPage({}, {})

describe('the text', () => {
  it('has a section per area and a verdict', () => {
    expect(formatDiagnosis(diagnosis(), PLAIN)).toEqual([
      'Linux 6.12.1, x64, as root with CAP_BPF',
      '',
      'Kernel',
      '  ✓ release  6.12.1',
      '',
      'Tier A: flows, lists, TCP health, who owns a connection',
      '  ✓ tc program  loads',
      '',
      'Tier A works: NetScope counts, blocks and measures on this machine.',
    ])
  })

  it('marks each state and says a remedy once for neighbours that share it', () => {
    const checks = [
      check({ state: 'missing', name: 'a', remedy: 'Do this.' }),
      check({ state: 'unknown', name: 'b', remedy: 'Do this.' }),
      check({ state: 'limited', name: 'c', remedy: 'Do that.' }),
    ]
    const lines = formatDiagnosis(diagnosis({ checks }), PLAIN)
    expect(lines.slice(3, 8)).toEqual([
      '  ✗ a  6.12.1',
      '  ? b  6.12.1',
      '    → Do this.',
      '  ! c  6.12.1',
      '    → Do that.',
    ])
    expect(lines.at(-1)).toContain('Tier A does not work')
  })

  it('gathers many interfaces without anything to say in one line', () => {
    const quiet = Array.from({ length: 40 }, (_, i) =>
      check({ area: 'interfaces', name: `veth${i}`, detail: 'veth, MTU 1500' }),
    )
    const loud = check({ area: 'interfaces', name: 'eth0', state: 'limited', detail: 'XDP' })
    const lines = formatDiagnosis(diagnosis({ checks: [...quiet, loud] }), PLAIN)
    expect(lines[3]).toBe('  ! eth0     XDP')
    expect(lines[4]).toMatch(/^ {2}✓ 40 more {2}veth0, veth1, /)
  })

  it('lists programs in their order, with owner and what they hide', () => {
    const lines = formatDiagnosis(
      diagnosis({
        programs: [
          {
            interface: 'eth0',
            hook: 'xdp',
            position: 1,
            name: '',
            id: 5,
            runsBefore: true,
            hides: 'what it drops never reaches us',
          },
          {
            interface: 'eth0',
            hook: 'tcx ingress',
            position: 1,
            name: 'netscope_in',
            id: 6,
            owner: 'NetScope',
            runsBefore: false,
          },
        ],
        cgroupPrograms: [
          {
            hook: 'connect4',
            position: 1,
            name: 'cil_sock4',
            id: 7,
            owner: 'Cilium',
            exclusive: true,
          },
        ],
      }),
      PLAIN,
    )
    expect(lines.slice(-10, -2)).toEqual([
      '',
      'Programs on interfaces, in the order in which they run',
      '  eth0 xdp 1: (name not seen) #5, before ours',
      '    ! what it drops never reaches us',
      '  eth0 tcx ingress 1: netscope_in #6 of NetScope',
      '',
      'Programs on the root of cgroup v2',
      '  connect4 1: cil_sock4 #7 of Cilium, lets nobody attach beside it',
    ])
  })

  it.each([30, 45, 59, 60, 80, 120])('never is wider than a terminal of %d columns', (columns) => {
    const words = 'several words that say in some detail why something is as it is '
      .repeat(3)
      .trim()
    const page = createPage({ isTTY: true, columns }, { NO_COLOR: '1' })
    const checks = [check({ detail: words, remedy: words, name: 'a name of some length' })]
    const lines = formatDiagnosis(diagnosis({ checks }), page)
    expect(lines.filter((line) => line.length > columns)).toEqual([])
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(words)
  })
})

describe('colours', () => {
  const colours = (output: { isTTY?: boolean }, env: Record<string, string>) =>
    formatDiagnosis(diagnosis(), createPage(output, env)).join('\n').includes('\u001B[')

  it('are on a terminal only, and not with NO_COLOR', () => {
    expect(colours({ isTTY: true }, {})).toBe(true)
    expect(colours({ isTTY: true }, { NO_COLOR: '' })).toBe(true)
    expect(colours({ isTTY: true }, { NO_COLOR: '1' })).toBe(false)
    expect(colours({ isTTY: true }, { TERM: 'dumb' })).toBe(false)
    expect(colours({}, {})).toBe(false)
  })
})
