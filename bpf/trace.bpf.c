/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capability tier B: what only tracing programs see. One source, two objects: -DKPROBE=0 hooks in by BTF
 * (fexit, tp_btf), -DKPROBE=1 by kprobes and raw tracepoints, where a kernel has no trampolines.
 * RTT, connects and states are not here: sock_ops has them on every kernel (tier A), and tcp_rcv_established,
 * the usual hook, is not called once a side has closed.
 */
#include <linux/ptrace.h>
#include "trace-packet.h"
#include "trace-maps.h"
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#if KPROBE
#define TRACEPOINT "raw_tracepoint/"
#else
#define TRACEPOINT "tp_btf/"
#endif

enum way { SENT = 0, RECEIVED = 1 };

/* ---- drops: kfree_skb(skb, location, reason) of net/core/skbuff.c; the reason has come with 5.17 ---- */

static __always_inline void add_drop(struct drop_count *row, __u32 packets, __u32 bytes)
{
	__sync_fetch_and_add(&row->packets, packets);
	__sync_fetch_and_add(&row->bytes, bytes);
	row->last_ns = bpf_ktime_get_ns();
}

SEC(TRACEPOINT "kfree_skb")
int drop(__u64 *ctx)
{
	const struct sk_buff *skb = (const struct sk_buff *)ctx[0];
	struct drop_key key __attribute__((aligned(8))) = {.where.reason = ctx[2]};
	struct drop_count zero = {}, *row;
	struct headers h;

	/*
	 * Ordinary ACKs end this way too, as many as 663 against 41 that were lost; so does the FIN that a closed socket
	 * has in its queue.
	 */
	if (key.where.reason <= settings.last_without_reason || key.where.reason == settings.queue_purge_reason) {
		COUNT(without_reason, 1);
		return 0;
	}
	if (key.where.reason == settings.packet_socket_reason) {
		COUNT(copies, 1);
		return 0;
	}
	find_headers(&h, skb);
	find_place(&key.where, skb);
	if (!tuple_of_packet(&key.tuple, &h, __builtin_bswap16(BPF_CORE_READ(skb, protocol))) && !key.where.ifindex) {
		COUNT(no_packet, 1);
		return 0;
	}
	__u32 packets = wire_packets(skb);

	COUNT(drops, packets);
	row = row_of(&drop_totals, &key.where, &zero);
	if (row)
		add_drop(row, packets, h.l3_bytes);
	else
		COUNT(drop_totals_full, packets);
	row = row_of(&drops, &key, &zero);
	if (row)
		add_drop(row, packets, h.l3_bytes);
	else
		COUNT(drop_tuples_full, packets);
	return 0;
}

/* ---- retransmissions: __tcp_retransmit_skb, tcp_rtx_synack of net/ipv4/tcp_output.c ---- */

static __always_inline void count_retransmission(const struct sock_common *sk, __u32 segments)
{
	struct retransmission_key key __attribute__((aligned(8))) = {.netns = BPF_CORE_READ(sk, skc_net.net, ns.inum)};
	struct retransmission_count zero = {}, *row;

	COUNT(retransmissions, 1);
	COUNT(segments, segments);
	tuple_of_socket(&key.tuple, sk);
	row = row_of(&retransmissions, &key, &zero);
	if (!row) {
		COUNT(retransmissions_full, segments);
		return;
	}
	__sync_fetch_and_add(&row->events, 1);
	__sync_fetch_and_add(&row->segments, segments);
	row->last_ns = bpf_ktime_get_ns();
}

/* tcp_skb_pcount(skb): one event may be many segments. Has tail loss probes, which kprobes of callers miss. */
SEC(TRACEPOINT "tcp_retransmit_skb")
int retransmit(__u64 *ctx)
{
	const struct sk_buff *skb = (const struct sk_buff *)ctx[1];
	const struct tcp_skb_cb *cb = (const void *)&skb->cb;

	count_retransmission((const struct sock_common *)ctx[0], BPF_CORE_READ(cb, tcp_gso_segs) ?: 1);
	return 0;
}

SEC(TRACEPOINT "tcp_retransmit_synack")
int retransmit_syn_ack(__u64 *ctx)
{
	const struct request_sock *request = (const struct request_sock *)ctx[1];

	count_retransmission(&request->__req_common, 1);
	return 0;
}

/* ---- bytes as the application sees them, net/ipv4/tcp.c, and who accepts ---- */

static __always_inline void count_acceptance(__u64 cookie)
{
	struct acceptance a = {.cgroup_id = bpf_get_current_cgroup_id(),
			       .pid = bpf_get_current_pid_tgid() >> 32,
			       .uid = (__u32)bpf_get_current_uid_gid()};

	if (!cookie) {
		COUNT(acceptances_without_cookie, 1);
		return;
	}
	bpf_get_current_comm(a.command, sizeof(a.command));
	if (bpf_map_update_elem(&accepted, &cookie, &a, BPF_ANY))
		COUNT(acceptances_full, 1);
}

/* The kernel numbers a socket when somebody first asks: without the helper, tier A's programs have to. */
static __always_inline __u64 cookie_in(const struct sock *sk) { return BPF_CORE_READ(sk, __sk_common.skc_cookie.counter); }

#if KPROBE
#include "trace-kprobe.h"
#else
#include "trace-fexit.h"
#endif
