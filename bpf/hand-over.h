/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hands a frame to user space: within the budget of its kind, in a record of a size that fits. Where frames are read and
 * records go, the platform says (maps.h, wasm/platform.h).
 */
#ifndef NETSCOPE_HAND_OVER_H
#define NETSCOPE_HAND_OVER_H
#include "parse.h"

#define OBSERVE_WINDOW_NS 10000000ull
#define LEAST_FRAME 14 /* not 0: of != 0 the verifier of 6.1 learns no bound */
#define SMALL_FRAME 512
#define USUAL_FRAME 1600
#define LARGE_FRAME 4096 /* a ClientHello in a super-packet */
#define HOP_FRAME 16

/* Room for one more of its kind in these 10 ms: a flood of one kind leaves the others theirs. */
static __always_inline int within_budget(struct observation_counters *c, __u32 kind, __u64 now)
{
	__u32 *used = &c->used[kind & (OBSERVED_KINDS - 1)];

	if (now - c->window_ns >= OBSERVE_WINDOW_NS) {
		c->window_ns = now;
		__builtin_memset(c->used, 0, sizeof(c->used));
	}
	if (kind == OBSERVED_HOP && *used >= control.hops_per_10ms)
		return 0;
	if (*used >= control.observe_per_10ms) {
		c->skipped++;
		return 0;
	}
	++*used;
	return 1;
}

/* What is handed over besides the frame. */
struct observed {
	const struct flow_key *key; /* 0: no flow */
	__u32 slot;
	__u32 kind;
	__u32 from_hi;
	__u32 segments;
};

/* `room`: bytes of the frame that this size of record takes. */
#define HAND_OVER(room)                                                            \
	do {                                                                       \
		struct observation *o = observation_reserve(sizeof(*o) + (room));  \
		__u32 n = unknown(available);                                      \
                                                                                   \
		if (!o) {                                                          \
			c->lost++;                                                 \
			return;                                                    \
		}                                                                  \
		o->time_ns = now;                                                  \
		if (what->key) {                                                   \
			o->key = *what->key;                                       \
		} else {                                                           \
			__builtin_memset(&o->key, 0, sizeof(o->key));              \
			o->key.ifindex = h->ifindex;                               \
		}                                                                  \
		o->slot = what->slot;                                              \
		o->frame_bytes = frame_length(h);                                  \
		o->segments = what->segments;                                      \
		o->vlan = frame_vlan(h);                                           \
		o->kind = what->kind;                                              \
		o->direction = h->direction;                                       \
		o->link_header_bytes = h->l2;                                      \
		o->from_hi = what->from_hi;                                        \
		o->reserved = 0;                                                   \
		if (n > (room))                                                    \
			n = (room);                                                \
		o->captured = n;                                                   \
		if (n < LEAST_FRAME || frame_load(h, 0, o + 1, n)) {                        \
			observation_discard(o);                                    \
			c->lost++;                                                 \
			return;                                                    \
		}                                                                  \
		c->sent++;                                                         \
		observation_submit(o);                                             \
	} while (0)

static __noinline void hand_over(const struct observed *what, const struct hook *h)
{
	struct observation_counters *c = observation_counters();
	__u64 now = clock_precise();
	__u32 available = frame_available(h);

	if (!c || !within_budget(c, what->kind, now))
		return;
	if (what->kind == OBSERVED_HOP)
		HAND_OVER(HOP_FRAME);
	else if (available <= SMALL_FRAME)
		HAND_OVER(SMALL_FRAME);
	else if (available <= USUAL_FRAME)
		HAND_OVER(USUAL_FRAME);
	else
		HAND_OVER(LARGE_FRAME);
}
#endif
