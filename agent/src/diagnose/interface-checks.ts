/** Each interface: whether we can count there, and what on it would hide packets from us. */
import type { DiagnosisCheck, HookProgram } from '@netscope/core/diagnosis.ts'
import { isReadable } from '../kernel/link-type.ts'
import type { NetworkLink } from './network-links.ts'
import type { Outcome } from './outcome.ts'
import { toCheck } from './probe.ts'
import type { System } from './system.ts'

const AREA = 'interfaces'

export const checkInterfaces = (
  system: System,
  links: readonly NetworkLink[],
  programs: readonly HookProgram[],
): DiagnosisCheck[] =>
  links.map((link) => {
    const own = programs.filter((program) => program.interface === link.name)
    const hardware = system.calls.deviceFeatures(link.name)?.includes('hw-tc-offload') ?? false
    return toCheck(AREA, link.name, describe(link, own, hardware))
  })

const describe = (
  link: NetworkLink,
  programs: readonly HookProgram[],
  hardware: boolean,
): Outcome => {
  const detail = [
    link.kind,
    `MTU ${link.mtu}`,
    ...link.xdp.map(({ mode }) => `${mode} XDP`),
    ...(hardware ? ['hw-tc-offload on'] : []),
  ].join(', ')
  if (!isReadable(link.type)) {
    return {
      state: 'missing',
      detail: `${detail}; packets of link type ${link.type} (ARPHRD) are not read`,
      remedy: 'Count on the interface that its packets pass next.',
    }
  }
  const hiding = programs.filter(({ hides }) => hides !== undefined)
  const [first] = hiding
  if (!first) return { state: 'works', detail }
  const what = `${first.name || `program ${first.id}`} on ${first.hook}`
  const more = hiding.length > 1 ? ` and ${hiding.length - 1} more` : ''
  return {
    state: 'limited',
    detail: `${detail}; ${what}${more} may hide packets from us`,
    remedy: 'The list of programs below says how; coverage on the page says how many.',
  }
}

/** Sockets that take packets from a driver before anybody else, or give them to it behind our back. */
export const checkAfXdp = async (system: System): Promise<DiagnosisCheck> => {
  const { code, stdout } = await system.run('ss', ['-H', '--xdp'])
  const count = stdout.split('\n').filter((line) => line.trim() !== '').length
  const outcome: Outcome =
    code !== 0
      ? {
          state: 'unknown',
          detail: '`ss --xdp` cannot be run',
          remedy: 'Install it: `apt-get install iproute2`.',
        }
      : count > 0
        ? {
            state: 'limited',
            detail: `${count}: their packets pass all our hooks by`,
            remedy: 'Only the program that owns them can count those: see `ss --xdp -p`.',
          }
        : { state: 'works', detail: '`ss --xdp` shows none' }
  return toCheck(AREA, 'AF_XDP sockets', outcome)
}

/** `ip` names the kinds of interfaces and their XDP programs, `tc` the filters on clsact. */
export const checkIproute = (hasIp: boolean, hasTc: boolean): DiagnosisCheck => {
  const missing = [...(hasIp ? [] : ['ip']), ...(hasTc ? [] : ['tc'])]
  return toCheck(
    'machine',
    'iproute2',
    missing.length === 0
      ? { state: 'works', detail: 'ip and tc can be run' }
      : {
          state: 'limited',
          detail: `${missing.join(' and ')} cannot be run, or took too long: kinds of interfaces, XDP programs or clsact filters are not seen`,
          remedy: 'Install it: `apt-get install iproute2`; its folder (/usr/sbin) must be in PATH.',
        },
  )
}
