/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tier A of sockets: who uses them and how their TCP does, by cgroup v2 programs: no BTF of the kernel, no tracing.
 * They only look: every program lets everything pass.
 */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "socket-measure.h"

#define PASS 1
#define SOCK_STREAM 1
#define WATCHED (BPF_SOCK_OPS_RTT_CB_FLAG | BPF_SOCK_OPS_RETRANS_CB_FLAG | BPF_SOCK_OPS_STATE_CB_FLAG)

char LICENSE[] SEC("license") = "GPL";

/* -------- who: in the context of the process that makes the call -------- */

static __always_inline void capture(struct socket_owner *o, void *ctx)
{
	o->captured_ns = clock_coarse();
	o->cgroup_id = bpf_get_current_cgroup_id();
	o->netns_cookie = bpf_get_netns_cookie(ctx);
	__u64 id = bpf_get_current_pid_tgid();

	o->pid = id >> 32;
	o->thread = id;
	o->uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(o->command, sizeof(o->command));
}

SEC("cgroup/sock_create") int netscope_create(struct bpf_sock *sk)
{
	struct socket_mark *mark;

	if (sk->family != AF_INET && sk->family != AF_INET6)
		return PASS;
	mark = make_mark(sk);
	if (mark)
		capture(&mark->owner, sk);
	return PASS;
}

SEC("cgroup/sock_release") int netscope_release(struct bpf_sock *sk)
{
	/* TCP goes on after close(): its end is a change of state. */
	struct socket_slot *s = sk->protocol == IPPROTO_TCP ? 0 : slot_of(mark_of(sk));

	if (s) {
		s->closed_ns = clock_coarse();
		s->slot_state = SOCKET_CLOSED;
	}
	return PASS;
}

/* A datagram socket has its slot from its first message on. */
static __always_inline int on_message(struct bpf_sock_addr *ctx)
{
	struct bpf_sock *sk = ctx->sk;

	if (!sk)
		return PASS;
	struct socket_slot *s = slot_for(make_mark(sk), bpf_get_socket_cookie(ctx));

	if (!s)
		return PASS;
	__u64 now = clock_coarse();

	/* Once a second is enough to follow a socket that changes hands. */
	if (s->slot_state == SOCKET_OPEN && now - s->owner.captured_ns < 1000000000ull)
		return PASS;
	capture(&s->owner, ctx);
	s->last_ns = now;
	s->protocol = ctx->protocol;
	s->local_port = sk->src_port;
	if (ctx->family == AF_INET)
		put_v4(s->local_addr, sk->src_ip4);
	else
		put_v6(s->local_addr, sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2], sk->src_ip6[3]);
	s->slot_state = SOCKET_OPEN;
	return PASS;
}

static __always_inline int on_connect(struct bpf_sock_addr *ctx)
{
	if (ctx->type != SOCK_STREAM)
		return on_message(ctx);
	/* As of now: a socket is often made by one process and used by another (fork, exec, socket activation). */
	struct socket_mark *mark = make_mark(ctx->sk);

	if (mark)
		capture(&mark->owner, ctx);
	return PASS;
}

SEC("cgroup/connect4") int netscope_connect4(struct bpf_sock_addr *ctx) { return on_connect(ctx); }
SEC("cgroup/connect6") int netscope_connect6(struct bpf_sock_addr *ctx) { return on_connect(ctx); }
SEC("cgroup/sendmsg4") int netscope_sendmsg4(struct bpf_sock_addr *ctx) { return on_message(ctx); }
SEC("cgroup/sendmsg6") int netscope_sendmsg6(struct bpf_sock_addr *ctx) { return on_message(ctx); }
SEC("cgroup/recvmsg4") int netscope_recvmsg4(struct bpf_sock_addr *ctx) { return on_message(ctx); }
SEC("cgroup/recvmsg6") int netscope_recvmsg6(struct bpf_sock_addr *ctx) { return on_message(ctx); }

/* -------- how: TCP's own callbacks, often in softirq, where the current process is anybody -------- */

/*
 * A client has one from connect() on, and stays one: of two that connect to each other at once, both end as if they had
 * accepted (RFC 9293, simultaneous open).
 */
static __always_inline struct socket_slot *open_slot(struct bpf_sock_ops *ctx, __u32 role)
{
	struct socket_mark *mark = make_mark(ctx->sk);
	struct socket_slot *s = slot_of(mark);

	if (s)
		return s;
	s = slot_for(mark, bpf_get_socket_cookie(ctx));
	if (!s)
		return 0;
	/* Accepted by a listener that is older than we: by nobody. */
	if (!mark->owner.captured_ns && has_sockops_netns)
		mark->owner.netns_cookie = bpf_get_netns_cookie(ctx);
	s->owner = mark->owner;
	put_tuple(s, ctx);
	s->role = role;
	s->acked_before = role == ROLE_CLIENT;
	/* Others may watch as well. */
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | WATCHED);
	return s;
}

static __always_inline void on_established(struct bpf_sock_ops *ctx, __u32 role)
{
	struct socket_slot *s = open_slot(ctx, role);

	if (!s)
		return;
	s->established_ns = s->role == ROLE_SERVER ? s->opened_ns : bpf_ktime_get_ns();
	s->tcp_state = BPF_TCP_ESTABLISHED;
	measure(s, ctx, 0, 0);
	if (s->srtt_us) {
		s->rtt_samples = 1;
		count_rtt(s->remote_addr, s->srtt_us);
	}
	s->slot_state = SOCKET_OPEN;
}

static __always_inline void on_state(struct bpf_sock_ops *ctx, struct socket_slot *s, struct socket_mark *mark)
{
	__u32 from = ctx->args[0], to = ctx->args[1];
	/* Of the last two states a reset or a timeout may be the end as well. */
	__u32 fin_acked = to == BPF_TCP_FIN_WAIT2 || from == BPF_TCP_FIN_WAIT2 ||
			  ((from == BPF_TCP_LAST_ACK || from == BPF_TCP_CLOSING) && ctx->snd_una == ctx->snd_nxt);
	__u32 fin_received = to == BPF_TCP_CLOSE_WAIT || from == BPF_TCP_CLOSE_WAIT || from == BPF_TCP_LAST_ACK ||
			     to == BPF_TCP_CLOSING || from == BPF_TCP_CLOSING;

	/*
	 * Either their FIN has come, or the program is gone and nobody waits for it: then no byte has come since
	 * tcp_close_state(), which tells FIN_WAIT2 once more. (A reset after our FIN and their data looks like a FIN.)
	 */
	if (from == BPF_TCP_FIN_WAIT2 && to == BPF_TCP_CLOSE)
		fin_received = ctx->bytes_received > s->received_bytes;

	/* The others bring nothing that the next round trip or the end does not tell. */
	if (to == BPF_TCP_CLOSE || to == BPF_TCP_FIN_WAIT2 || to == BPF_TCP_CLOSE_WAIT)
		measure(s, ctx, fin_acked, fin_received);
	s->tcp_state = to;
	if (to != BPF_TCP_CLOSE)
		return;
	s->closed_ns = bpf_ktime_get_ns();
	s->slot_state = SOCKET_CLOSED;
	/* Soon another's: a socket that connects once more gets a fresh one. */
	mark->slot = 0;
}

static __always_inline void on_rtt(struct bpf_sock_ops *ctx, struct socket_slot *s)
{
	__u32 sample = ctx->args[0]; /* the measured one, Linux 6.10; before it only the smoothed one is told */

	measure(s, ctx, s->tcp_state == BPF_TCP_FIN_WAIT2,
		s->tcp_state == BPF_TCP_CLOSE_WAIT || s->tcp_state == BPF_TCP_LAST_ACK || s->tcp_state == BPF_TCP_CLOSING);
	s->rtt_samples++;
	count_rtt(s->remote_addr, sample ?: s->srtt_us);
}

SEC("sockops") int netscope_sockops(struct bpf_sock_ops *ctx)
{
	struct socket_slot *s;

	switch (ctx->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		s = open_slot(ctx, ROLE_CLIENT);
		if (s) {
			s->tcp_state = BPF_TCP_SYN_SENT;
			s->slot_state = SOCKET_OPEN;
		}
		return PASS;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		on_established(ctx, ROLE_CLIENT);
		return PASS;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		on_established(ctx, ROLE_SERVER);
		return PASS;
	case BPF_SOCK_OPS_RTT_CB:
	case BPF_SOCK_OPS_RETRANS_CB:
	case BPF_SOCK_OPS_STATE_CB:
		break;
	default:
		return PASS;
	}
	struct socket_mark *mark = mark_of(ctx->sk);

	s = slot_of(mark);
	if (!s)
		return PASS;
	if (ctx->op == BPF_SOCK_OPS_STATE_CB)
		on_state(ctx, s, mark);
	else if (ctx->op == BPF_SOCK_OPS_RTT_CB)
		on_rtt(ctx, s);
	else {
		s->retransmit_events++;
		s->retransmits = ctx->total_retrans;
	}
	return PASS;
}
