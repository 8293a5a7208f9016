/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The same by kprobes: a function's socket is kept from its entry to its return. The kernel follows only
 * max(10, 2 * CPUs) calls of a function at a time (Documentation/trace/kprobes.rst); a thread's next call
 * tells that the return of its last one was missed, and counts it.
 */
struct call_key {
	__u64 thread;
	__u64 way;
};

/* The oldest go first: a thread may have ended without a return that we saw. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct call_key);
	__type(value, __u64);
} calls SEC(".maps");

static __always_inline void enter(const struct sock *sk, enum way way)
{
	struct call_key key = {.thread = bpf_get_current_pid_tgid(), .way = way};
	__u64 address = (__u64)sk;

	if (bpf_map_lookup_elem(&calls, &key))
		COUNT(returns_missed, 1);
	bpf_map_update_elem(&calls, &key, &address, BPF_ANY);
}

static __always_inline void leave(enum way way, long bytes)
{
	struct call_key key = {.thread = bpf_get_current_pid_tgid(), .way = way};
	__u64 *address = bpf_map_lookup_elem(&calls, &key);

	if (!address)
		return;
	count_app_bytes(cookie_in((const struct sock *)*address), way, bytes);
	bpf_map_delete_elem(&calls, &key);
}

SEC("kprobe/tcp_sendmsg")
int sent_entry(struct pt_regs *ctx)
{
	enter((struct sock *)PT_REGS_PARM1(ctx), SENT);
	return 0;
}
SEC("kretprobe/tcp_sendmsg")
int sent(struct pt_regs *ctx)
{
	leave(SENT, (int)PT_REGS_RC(ctx));
	return 0;
}

SEC("kprobe/tcp_sendpage")
int sent_page_entry(struct pt_regs *ctx)
{
	enter((struct sock *)PT_REGS_PARM1(ctx), SENT);
	return 0;
}
SEC("kretprobe/tcp_sendpage")
int sent_page(struct pt_regs *ctx)
{
	leave(SENT, (int)PT_REGS_RC(ctx));
	return 0;
}

SEC("kprobe/tcp_recvmsg")
int received_entry(struct pt_regs *ctx)
{
	/* Loads of their own, because the verifier refuses a context pointer that the compiler has moved. */
	int fourth = *(const volatile unsigned long *)&PT_REGS_PARM4(ctx);
	int fifth = *(const volatile unsigned long *)&PT_REGS_PARM5(ctx);
	int flags = settings.recvmsg_parameters == 6 ? fifth : fourth;

	if (!(flags & (MSG_PEEK | MSG_ERRQUEUE)))
		enter((struct sock *)PT_REGS_PARM1(ctx), RECEIVED);
	return 0;
}
SEC("kretprobe/tcp_recvmsg")
int received(struct pt_regs *ctx)
{
	leave(RECEIVED, (int)PT_REGS_RC(ctx));
	return 0;
}

SEC("kprobe/tcp_splice_read")
int received_splice_entry(struct pt_regs *ctx)
{
	struct socket *socket = (struct socket *)PT_REGS_PARM1(ctx);

	enter(BPF_CORE_READ(socket, sk), RECEIVED);
	return 0;
}
SEC("kretprobe/tcp_splice_read")
int received_splice(struct pt_regs *ctx)
{
	leave(RECEIVED, PT_REGS_RC(ctx));
	return 0;
}

SEC("kretprobe/inet_csk_accept")
int accept(struct pt_regs *ctx)
{
	struct sock *sk = (struct sock *)PT_REGS_RC(ctx);

	if (sk)
		count_acceptance(cookie_in(sk));
	return 0;
}
