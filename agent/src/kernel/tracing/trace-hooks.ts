/** What we hook into for tier B, and with which programs of the two objects. */

/** How a program got in. `tracepoint` is a raw one. */
export type How = 'fentry' | 'tp_btf' | 'kprobe' | 'tracepoint'
/** bpf/build/trace-fentry.bpf.o and trace-kprobe.bpf.o, in the order in which they are tried. */
export const WAYS = ['fentry', 'kprobe'] as const
export type Way = (typeof WAYS)[number]

export const KINDS = ['tracepoint', 'function'] as const

export interface TraceHook {
  name: string
  kind: (typeof KINDS)[number]
  /** Of the kernel: a tracepoint or a function. */
  target: string
  programs: Readonly<Record<Way, readonly string[]>>
  /** Kernels without the function need no hook there. */
  optional?: true
}

const tracepoint = (name: string, target: string, program: string): TraceHook => ({
  name,
  kind: 'tracepoint',
  target,
  programs: { fentry: [program], kprobe: [program] },
})

/** Kprobes note at a call where the socket is, and count where it moves on (bpf/trace-kprobe.h). */
const call = (name: string, target: string, program: string, counting?: string): TraceHook => ({
  name,
  kind: 'function',
  target,
  programs: {
    fentry: [program],
    kprobe: [...(counting ? [counting] : []), `${program}_entry`],
  },
})

export const TRACE_HOOKS: readonly TraceHook[] = [
  tracepoint('drops', 'kfree_skb', 'drop'),
  tracepoint('retransmissions', 'tcp_retransmit_skb', 'retransmit'),
  tracepoint('retransmissions of SYN-ACK', 'tcp_retransmit_synack', 'retransmit_syn_ack'),
  call('bytes sent', 'tcp_sendmsg', 'sent', 'sent'),
  // Gone in Linux 6.5, where sendfile comes by tcp_sendmsg.
  { ...call('bytes sent by sendfile', 'tcp_sendpage', 'sent_page'), optional: true },
  call('bytes received', 'tcp_recvmsg', 'received', 'received'),
  call('bytes received by splice', 'tcp_splice_read', 'received_splice'),
  {
    ...call('accepted connections', 'inet_csk_accept', 'accept'),
    programs: { fentry: ['accept'], kprobe: ['accept'] },
  },
]

export const howOf = (hook: TraceHook, way: Way): How =>
  hook.kind === 'function' ? way : way === 'fentry' ? 'tp_btf' : 'tracepoint'
