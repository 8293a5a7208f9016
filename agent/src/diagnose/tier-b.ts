/** Tier B: tracing of the kernel, for drops with reason, bytes as programs see them, retransmissions. */
import type { DiagnosisCheck } from '@netscope/core/diagnosis.ts'
import type { Version } from './kernel-version.ts'
import { INSTRUCTIONS, loadProgram, openTracing, PROGRAM_TYPE } from './minimal-program.ts'
import { judge, type Need, type Outcome } from './outcome.ts'
import { breathe, readWord, toCheck, type ProbeContext } from './probe.ts'
import type { KernelTypes } from './system.ts'

const AREA = 'tier B'
/** Seldom called and there since Linux 4.15 and 2.6: attaching to them for a moment costs nobody anything. */
const TRACEPOINT = 'tcp_retransmit_skb'
const FUNCTION = 'tcp_connect'
/** enum bpf_attach_type */
const ATTACH = { rawTracepoint: 23, fentry: 24, fexit: 25 } as const
/** enum BTF_KIND_* */
const KIND = { enum: 6, typedef: 8, function: 12 } as const
const KPROBE_TYPE = '/sys/bus/event_source/devices/kprobe/type'

const tracing = (since: Version, option: string): Need => ({
  capabilities: ['bpf', 'perfmon'],
  since,
  option,
  lockdown: 'integrity',
})

export const probeTierB = async (context: ProbeContext): Promise<DiagnosisCheck[]> => {
  const { libbpf } = context.system
  const types = 'version' in libbpf ? await libbpf.openKernelTypes() : undefined
  const checks: DiagnosisCheck[] = []
  const probes = [
    ['raw tracepoint', probeRawTracepoint],
    ['typed tracepoint (tp_btf)', probeTypedTracepoint],
    ['function entry (fentry)', probeEntry],
    ['return values (fexit)', probeReturnValue],
    ['kprobe', probeKprobe],
    ['reading kernel memory', probeKernelMemory],
    ['drop reasons', probeDropReasons],
  ] as const
  for (const [name, probe] of probes) {
    checks.push(toCheck(AREA, name, await probe(context, types)))
    await breathe()
  }
  types?.close()
  return checks
}

const NO_TYPES: Outcome = {
  state: 'missing',
  detail: "needs the kernel's types (BTF), which cannot be read here",
  remedy: 'Boot a kernel with CONFIG_DEBUG_INFO_BTF.',
}

/** Loads a program, attaches it for a moment; the first result below 0 tells. */
const tryTracing = async (
  { system: { calls } }: ProbeContext,
  program: Parameters<typeof loadProgram>[1],
  name?: string,
): Promise<number> => {
  const loaded = loadProgram(calls, { instructions: INSTRUCTIONS.nothing, ...program })
  if (loaded < 0) return loaded
  const link = openTracing(calls, loaded, name)
  if (link >= 0) calls.close(link)
  calls.close(loaded)
  return link
}

const probeRawTracepoint = async (context: ProbeContext): Promise<Outcome> => {
  const result = await tryTracing(context, { type: PROGRAM_TYPE.rawTracepoint }, TRACEPOINT)
  const need = tracing([4, 17], 'CONFIG_BPF_EVENTS')
  return judge(result, 'loads and attaches', need, context.standing)
}

const probeTypedTracepoint = async (
  context: ProbeContext,
  types: KernelTypes | undefined,
): Promise<Outcome> => {
  const attachTo = await types?.find(`btf_trace_${TRACEPOINT}`, KIND.typedef)
  if (attachTo === undefined) return NO_TYPES
  const program = { type: PROGRAM_TYPE.tracing, attachType: ATTACH.rawTracepoint, attachTo }
  const need = tracing([5, 5], 'CONFIG_BPF_EVENTS')
  return judge(await tryTracing(context, program), 'loads and attaches', need, context.standing)
}

const probeEntry = async (
  context: ProbeContext,
  types: KernelTypes | undefined,
): Promise<Outcome> => {
  const attachTo = await types?.find(FUNCTION, KIND.function)
  if (attachTo === undefined) return NO_TYPES
  const program = { type: PROGRAM_TYPE.tracing, attachType: ATTACH.fentry, attachTo }
  const since: Version = process.arch === 'arm64' ? [6, 0] : [5, 5]
  const need = tracing(since, 'CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS')
  return judge(await tryTracing(context, program), 'loads and attaches', need, context.standing)
}

const probeReturnValue = async (
  context: ProbeContext,
  types: KernelTypes | undefined,
): Promise<Outcome> => {
  const attachTo = await types?.find(FUNCTION, KIND.function)
  if (attachTo === undefined) return NO_TYPES
  const { calls } = context.system
  const program = loadProgram(calls, {
    type: PROGRAM_TYPE.tracing,
    attachType: ATTACH.fexit,
    attachTo,
    instructions: INSTRUCTIONS.returnValue,
  })
  if (program >= 0) calls.close(program)
  const need = tracing([5, 17], 'CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS')
  return judge(program, 'bpf_get_func_ret loads', need, context.standing)
}

/** struct perf_event_attr: type, size, kprobe_func (config1). */
const kprobeAttribute = (type: number, name: bigint): Buffer => {
  const attr = Buffer.alloc(128)
  attr.writeUInt32LE(type, 0)
  attr.writeUInt32LE(attr.length, 4)
  attr.writeBigUInt64LE(name, 56)
  return attr
}

const probeKprobe = async (context: ProbeContext): Promise<Outcome> => {
  const { system, standing } = context
  const { calls } = system
  const need = tracing([4, 17], 'CONFIG_KPROBE_EVENTS')
  const type = readWord(system, KPROBE_TYPE)
  if (type === '') {
    const detail = `this kernel was built without kprobes (${KPROBE_TYPE} is not there)`
    return { state: 'missing', detail, remedy: `Boot a kernel with ${need.option}.` }
  }
  const program = loadProgram(calls, { type: PROGRAM_TYPE.kprobe })
  if (program < 0) return judge(program, '', need, standing)
  calls.close(program)
  const name = Buffer.from(`${FUNCTION}\0`)
  const event = calls.perfEventOpen(kprobeAttribute(Number(type), calls.addressOf(name)))
  if (event >= 0) calls.close(event)
  return judge(event, 'loads, and a probe can be set', need, standing)
}

const probeKernelMemory = async (context: ProbeContext): Promise<Outcome> => {
  const { calls } = context.system
  const program = loadProgram(calls, {
    type: PROGRAM_TYPE.rawTracepoint,
    instructions: INSTRUCTIONS.readKernel,
  })
  if (program >= 0) calls.close(program)
  const { lockdown } = context.standing.privileges
  // The verifier then knows no such helper, which it calls invalid.
  if (program < 0 && lockdown === 'confidentiality') {
    return {
      state: 'missing',
      detail: 'refused by lockdown, which is in mode confidentiality',
      remedy: 'Boot without lockdown=, or with lockdown=integrity.',
    }
  }
  const need: Need = { ...tracing([5, 5], 'CONFIG_BPF_EVENTS'), lockdown: 'confidentiality' }
  return judge(program, 'bpf_probe_read_kernel loads', need, context.standing)
}

const probeDropReasons = async (
  { standing: { release } }: ProbeContext,
  types: KernelTypes | undefined,
): Promise<Outcome> => {
  if (!types) return NO_TYPES
  const id = await types.find('skb_drop_reason', KIND.enum)
  if (id !== undefined) return { state: 'works', detail: `${types.memberCount(id)} have names` }
  return {
    state: 'missing',
    detail: `Linux ${release} gives none; Linux 5.17 brings them`,
    remedy: 'Boot Linux 5.17 or newer; drops are counted without their reason.',
  }
}
