/* SPDX-License-Identifier: GPL-2.0 */
/* What TCP's callbacks tell of a socket, written into its slot: addresses, counters, round trips by class of peer. */
#ifndef NETSCOPE_SOCKET_MEASURE_H
#define NETSCOPE_SOCKET_MEASURE_H
#include <linux/in.h>
#include <bpf/bpf_endian.h>
#include "socket-maps.h"

#define AF_INET 2
#define AF_INET6 10

static __always_inline void put_v4(__u8 *addr, __u32 v4)
{
	((__u64 *)addr)[0] = 0;
	((__u32 *)addr)[2] = 0xffff0000;
	((__u32 *)addr)[3] = v4;
}

static __always_inline void put_v6(__u8 *addr, __u32 a, __u32 b, __u32 c, __u32 d)
{
	((__u32 *)addr)[0] = a;
	((__u32 *)addr)[1] = b;
	((__u32 *)addr)[2] = c;
	((__u32 *)addr)[3] = d;
}

/* RFC 1918, 4193, 6598, 3927, 4291; `addr` as in flow.h. */
static __always_inline __u32 peer_class(const __u8 *addr)
{
	const __u32 *w = (const __u32 *)addr;

	if (w[0] == 0 && w[1] == 0 && w[2] == 0xffff0000) {
		__u8 a = addr[12], b = addr[13];

		if (a == 127)
			return PEER_LOOPBACK;
		if (a == 169 && b == 254)
			return PEER_LINK_LOCAL;
		if (a == 10 || (a == 172 && (b & 0xf0) == 16) || (a == 192 && b == 168) || (a == 100 && (b & 0xc0) == 64))
			return PEER_PRIVATE;
		return PEER_PUBLIC;
	}
	if (w[0] == 0 && w[1] == 0 && w[2] == 0 && w[3] == bpf_htonl(1))
		return PEER_LOOPBACK;
	if (addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80)
		return PEER_LINK_LOCAL;
	return (addr[0] & 0xfe) == 0xfc ? PEER_PRIVATE : PEER_PUBLIC;
}

static noinline int count_rtt(const __u8 *remote_addr, __u32 us)
{
	__u32 class = peer_class(remote_addr), bucket = rtt_bucket(us);
	struct rtt_histogram *h = bpf_map_lookup_elem(&rtt, &class);

	if (!h || bucket >= RTT_BUCKETS)
		return 0;
	h->sum_us += us;
	h->counts[bucket]++;
	return 0;
}

static __always_inline void put_tuple(struct socket_slot *s, struct bpf_sock_ops *ctx)
{
	s->protocol = IPPROTO_TCP;
	s->local_port = ctx->local_port;
	s->remote_port = bpf_ntohl(ctx->remote_port);
	if (ctx->family == AF_INET) {
		put_v4(s->local_addr, ctx->local_ip4);
		put_v4(s->remote_addr, ctx->remote_ip4);
		return;
	}
	put_v6(s->local_addr, ctx->local_ip6[0], ctx->local_ip6[1], ctx->local_ip6[2], ctx->local_ip6[3]);
	put_v6(s->remote_addr, ctx->remote_ip6[0], ctx->remote_ip6[1], ctx->remote_ip6[2], ctx->remote_ip6[3]);
}

/* SYN and FIN count as a byte each in tcp_sock; `fin_acked`, `fin_received`: whether ours and theirs are in. */
static __always_inline void measure(struct socket_slot *s, struct bpf_sock_ops *ctx, __u32 fin_acked, __u32 fin_received)
{
	__u64 acked = ctx->bytes_acked, before = s->acked_before + fin_acked, interval = ctx->rate_interval_us;

	if (!ctx->is_fullsock)
		return;
	s->last_ns = clock_coarse();
	s->sent_bytes = acked > before ? acked - before : 0;
	s->received_bytes = ctx->bytes_received - (fin_received && ctx->bytes_received ? 1 : 0);
	s->srtt_us = ctx->srtt_us >> 3;
	s->min_rtt_us = ctx->rtt_min != ~0u ? ctx->rtt_min : 0;
	s->retransmits = ctx->total_retrans;
	s->congestion_window = ctx->snd_cwnd;
	if (interval) {
		__u64 rate = (__u64)ctx->rate_delivered * ctx->mss_cache * 1000000 / interval;

		s->delivery_rate = rate < NO_SLOT ? rate : NO_SLOT;
	}
}
#endif
