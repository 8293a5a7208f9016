/** Which reason is given for which refusal. */
import { describe, expect, it } from 'vitest'
import { explainRefusal, readSurroundings, type Surroundings } from './refusal.ts'

const FREE: Surroundings = { lockdown: 'none', lackingCapabilities: [], hasKprobes: true }
const EPERM = -1
const ENOENT = -2
const ESRCH = -3
const EINVAL = -22

const reasonOf = (errno: number, surroundings: Partial<Surroundings>, othersWork = false) =>
  explainRefusal('tcp_sendmsg', { way: 'kprobe', errno }, { ...FREE, ...surroundings }, othersWork)
    .reason

describe('the reason of a refusal', () => {
  it.each([EPERM, EINVAL])('is lockdown where the kernel says so (%i)', (errno) => {
    expect(reasonOf(errno, { lockdown: 'confidentiality' })).toBe(
      'kernel lockdown (confidentiality) forbids tracing programs',
    )
  })

  it('is lockdown, it seems, where nobody says so but all is forbidden', () => {
    expect(reasonOf(EPERM, { lockdown: undefined })).toBe(
      'kernel lockdown (confidentiality) forbids tracing programs, it seems: EPERM although CAP_BPF and CAP_PERFMON are held',
    )
  })

  it('is not lockdown where other programs work, or it is weaker', () => {
    expect(reasonOf(EPERM, { lockdown: undefined }, true)).not.toContain('lockdown')
    expect(reasonOf(EPERM, { lockdown: 'integrity' })).not.toContain('lockdown')
  })

  it('is a capability where one is lacking', () => {
    expect(reasonOf(EPERM, { lackingCapabilities: ['CAP_PERFMON'] })).toBe('CAP_PERFMON lacking')
  })

  it('names a function that is not there, or kprobes', () => {
    expect(reasonOf(ESRCH, {})).toBe('this kernel has no tcp_sendmsg that can be traced (ESRCH)')
    expect(reasonOf(ENOENT, { hasKprobes: false })).toBe('this kernel has no kprobes')
  })

  it('is the error where it is something else', () => {
    expect(reasonOf(EINVAL, {})).toBe('the kernel refused the program for tcp_sendmsg (EINVAL)')
  })
})

describe('what decides over tracing', () => {
  const read = (effective: string, lockdown: string) => (path: string) =>
    path.endsWith('status') ? `Name:\tnode\nCapEff:\t${effective}\n` : lockdown

  it('is read from the process and from the kernel', () => {
    const found = readSurroundings(read('000000c000001000', 'none integrity [confidentiality]\n'))
    expect(found).toMatchObject({ lockdown: 'confidentiality', lackingCapabilities: [] })
  })

  it('takes CAP_SYS_ADMIN for both capabilities', () => {
    expect(readSurroundings(read('0000000000200000', '')).lackingCapabilities).toEqual([])
  })

  it('names the capabilities that lack', () => {
    expect(readSurroundings(read('0000008000000000', ''))).toMatchObject({
      lockdown: undefined,
      lackingCapabilities: ['CAP_PERFMON'],
    })
    expect(readSurroundings(() => '').lackingCapabilities).toEqual(['CAP_BPF', 'CAP_PERFMON'])
  })
})
