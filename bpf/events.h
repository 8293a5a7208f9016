/* SPDX-License-Identifier: GPL-2.0 */
/* An event for each packet, for whoever watches. Where events go, the platform says. */
#ifndef NETSCOPE_EVENTS_H
#define NETSCOPE_EVENTS_H
#include "judge.h"

#define EVENT_WINDOW_NS 10000000ull

static __always_inline void fill_event(struct packet_event *e, const struct packet *p, const struct hook *h, __u32 verdict)
{
	__builtin_memcpy(e->src_addr, p->from_hi ? p->key.hi_addr : p->key.lo_addr, 16);
	__builtin_memcpy(e->dst_addr, p->from_hi ? p->key.lo_addr : p->key.hi_addr, 16);
	e->src_port = p->from_hi ? p->key.hi_port : p->key.lo_port;
	e->dst_port = p->from_hi ? p->key.lo_port : p->key.hi_port;
	e->ifindex = h->ifindex;
	e->bytes = p->bytes;
	e->packets = p->packets;
	e->vlan = p->key.vlan;
	e->protocol = p->key.protocol;
	e->verdict = verdict;
	e->direction = h->direction;
	e->tcp_flags = p->tcp_flags;
	e->reserved = 0;
}

static __noinline void emit(const struct packet *p, const struct hook *h, __u32 verdict)
{
	struct event_counters *c = event_counters();
	__u64 now = clock_precise();

	if (!c || is_own_page(&p->key))
		return;
	if (now - c->window_ns >= EVENT_WINDOW_NS) {
		c->window_ns = now;
		c->used = 0;
	}
	if (c->used >= control.events_per_10ms) {
		c->skipped++;
		return;
	}
	c->used++;
	struct packet_event *e = event_reserve();

	if (!e) {
		c->lost++;
		return;
	}
	e->time_ns = now;
	fill_event(e, p, h, verdict);
	c->sent++;
	event_submit(e);
}
#endif
