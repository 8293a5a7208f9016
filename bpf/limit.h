/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits of rate: a token bucket for every source, as one time per bucket: when it will be full again (the
 * theoretical arrival time of GCRA, ITU-T I.371). Two CPUs that refill one bucket in the same nanoseconds
 * may let a packet too many pass; a compare-and-swap would need Linux 5.12. The clock is the coarse one, which
 * moves on by 1 to 10 ms: user space gives no bucket less burst than that.
 */
#ifndef NETSCOPE_LIMIT_H
#define NETSCOPE_LIMIT_H
#include "packet.h"

/* Results of judge() beside the verdict. */
#define JUDGED_VERDICT 3
#define JUDGED_LIMITED 256 /* << side: a limit holds this sender */

static __always_inline int holds_limit(const __u8 *addr)
{
	return limit_of(addr) && !(control.pinned_entries && is_pinned(addr));
}

static __always_inline struct bucket_key bucket_key(const __u8 *addr, const struct limit *l, const struct hook *h)
{
	struct bucket_key k = {.id = l->id, .ifindex = h->ifindex};
	const __u32 *words = (const __u32 *)addr;

	__builtin_memcpy(k.addr, addr, 16);
	if (words[0] || words[1]) /* not ::ffff:a.b.c.d */
		__builtin_memset(k.addr + 8, 0, 8);
	return k;
}

/* 1: this packet of a limited sender is over its limit. Any token lets all segments pass, and all are charged. */
static __noinline int over_limit(const struct packet *p, const struct hook *h)
{
	const __u8 *source = p->from_hi ? p->key.hi_addr : p->key.lo_addr;
	struct limit *l = limit_of(source);
	__u64 now = clock_coarse(), *full_ns;

	if (!l || (l->kind == LIMIT_SYN && (p->key.protocol != IPPROTO_TCP || (p->tcp_flags & 0x12) != 0x02)))
		return 0;
	struct bucket_key k = bucket_key(source, l, h);

	full_ns = bucket_of_source(&k, now);
	if (!full_ns)
		return 0;
	/* Either way, because another CPU may have stamped it a tick later than our `now`. */
	if ((__s64)(*full_ns - now) < 0)
		*full_ns = now;
	if ((__s64)(*full_ns + l->ns_per_packet - now - l->burst_ns) <= 0) {
		add64(full_ns, l->ns_per_packet * p->packets);
		return 0;
	}
	add64(&l->dropped_packets, p->packets);
	add64(&l->dropped_bytes, p->bytes);
	struct hook_counters *c = hook_counters(h);

	if (c) {
		c->limited_packets += p->packets;
		c->limited_bytes += p->bytes;
	}
	return 1;
}
#endif
