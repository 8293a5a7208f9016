/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The same without trampolines. Not by kretprobes: of a function that waits, the kernel follows only as many calls
 * at a time as there are CPUs (before 5.17, without PREEMPTION; later 10 or twice the CPUs), so one blocked reader
 * hid all others on a machine with one CPU. Instead the socket's own positions are compared, where it has moved
 * on: all that moves them between a first call and the next event was the application.
 */
#define TCP_ESTABLISHED_ 1
#define TCP_CLOSE_ 7
#define TCP_CLOSE_WAIT_ 8

/* The row of a socket, its position noted when it is not known yet; runs at the entry of a call. */
static __always_inline void note_position(const struct sock *sk, enum way way)
{
	const struct tcp_sock *tcp = (const struct tcp_sock *)sk;
	__u64 cookie = cookie_in(sk);
	struct app_bytes zero = {}, *row;

	if (!cookie) {
		COUNT(app_without_cookie, 1);
		return;
	}
	/* Not yet numbered: the first data of a TCP Fast Open. */
	if (BPF_CORE_READ(sk, __sk_common.skc_state) == TCP_CLOSE_)
		return;
	row = row_of(&app_bytes, &cookie, &zero);
	if (!row) {
		COUNT(app_full, 1);
		return;
	}
	if (way == SENT && !row->write_known) {
		row->write_position = BPF_CORE_READ(tcp, write_seq);
		row->write_known = 1;
	} else if (way == RECEIVED && !row->read_known) {
		row->read_position = BPF_CORE_READ(tcp, copied_seq);
		row->read_known = 1;
	}
}

static __always_inline struct app_bytes *row_of_socket(const struct sock *sk)
{
	__u64 cookie = cookie_in(sk);

	return bpf_map_lookup_elem(&app_bytes, &cookie);
}

SEC("kprobe/tcp_sendmsg")
int sent_entry(struct pt_regs *ctx)
{
	note_position((struct sock *)PT_REGS_PARM1(ctx), SENT);
	return 0;
}

SEC("kprobe/tcp_sendpage")
int sent_page_entry(struct pt_regs *ctx)
{
	note_position((struct sock *)PT_REGS_PARM1(ctx), SENT);
	return 0;
}

/*
 * Whoever has locked a socket ends here, a sender that waits for room as well. Under the lock, so no two at a
 * time. A FIN has a number too, but changes the state before.
 */
SEC("kprobe/tcp_release_cb")
int sent(struct pt_regs *ctx)
{
	struct sock *sk = (struct sock *)PT_REGS_PARM1(ctx);
	struct app_bytes *row = row_of_socket(sk);
	__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);

	if (!row || !row->write_known || (state != TCP_ESTABLISHED_ && state != TCP_CLOSE_WAIT_))
		return 0;
	__u32 position = BPF_CORE_READ((struct tcp_sock *)sk, write_seq);

	__sync_fetch_and_add(&row->sent, (__u32)(position - row->write_position));
	row->write_position = position;
	return 0;
}

SEC("kprobe/tcp_recvmsg")
int received_entry(struct pt_regs *ctx)
{
	note_position((struct sock *)PT_REGS_PARM1(ctx), RECEIVED);
	return 0;
}

SEC("kprobe/tcp_splice_read")
int received_splice_entry(struct pt_regs *ctx)
{
	struct socket *socket = (struct socket *)PT_REGS_PARM1(ctx);

	note_position(BPF_CORE_READ(socket, sk), RECEIVED);
	return 0;
}

/*
 * After each piece that was copied or spliced, under the socket's lock. A peek moves nothing, and behind a FIN
 * comes no piece. A byte of urgent data that the application has left out is counted.
 */
SEC("raw_tracepoint/tcp_rcv_space_adjust")
int received(__u64 *ctx)
{
	const struct sock *sk = (const struct sock *)ctx[0];
	struct app_bytes *row = row_of_socket(sk);

	if (!row || !row->read_known)
		return 0;
	__u32 position = BPF_CORE_READ((const struct tcp_sock *)sk, copied_seq);

	__sync_fetch_and_add(&row->received, (__u32)(position - row->read_position));
	row->read_position = position;
	return 0;
}

/* A kretprobe, with its limit: more processes that wait in accept at a time are not seen. */
SEC("kretprobe/inet_csk_accept")
int accept(struct pt_regs *ctx)
{
	struct sock *sk = (struct sock *)PT_REGS_RC(ctx);

	if (sk)
		count_acceptance(cookie_in(sk));
	return 0;
}
