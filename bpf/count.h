/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One packet's way: parse, find or make its entry, judge, count, drop or let it pass. The same code
 * in the kernel (maps.h) and in WebAssembly (wasm/platform.h); those files say where the tables are.
 */
#ifndef NETSCOPE_COUNT_H
#define NETSCOPE_COUNT_H
#include "judge.h"
#include "events.h"
#include "observe.h"

#define SECOND_NS 1000000000ull

#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

/* Result of count(): the sender is to be told as well. */
#define DROP_AND_RESET 2

static __always_inline __u32 protocol_class(__u8 protocol)
{
	return protocol == IPPROTO_TCP	  ? CLASS_TCP
	       : protocol == IPPROTO_UDP  ? CLASS_UDP
	       : protocol == IPPROTO_ICMP ? CLASS_ICMP
	       : protocol == ICMPV6	  ? CLASS_ICMPV6
					  : CLASS_OTHER;
}

/* No entry for this packet: its totals are kept all the same. */
static __noinline void count_overflow(const struct packet *p, const struct hook *h, __u32 verdict)
{
	struct traffic *t =
		overflow_traffic(((h->direction & 1) * VERDICTS + (verdict & 3)) * PROTOCOL_CLASSES + protocol_class(p->key.protocol));
	struct hook_counters *c = hook_counters(h);

	if (t) {
		t->packets += p->packets;
		t->bytes += p->bytes;
	}
	if (c) {
		c->overflow_packets += p->packets;
		c->overflow_bytes += p->bytes;
	}
}

static __noinline void count_unparsed(const struct hook *h, int why, __u32 frame_bytes)
{
	struct hook_counters *c = hook_counters(h);

	if (!c)
		return;
	if (why == NOT_IP) {
		c->not_ip_packets++;
		c->not_ip_bytes += frame_bytes;
	} else {
		c->malformed_packets++;
		c->malformed_bytes += frame_bytes;
	}
}

/* What the interface's counters hold and ours don't, or the other way round. */
static __noinline void count_difference(const struct packet *p, const struct hook *h, int hairpin)
{
	struct hook_counters *c = hook_counters(h);

	if (!c)
		return;
	c->segment_packets += p->packets - 1;
	c->segment_bytes += p->segment_bytes;
	c->link_bytes += p->link_bytes;
	if (hairpin) {
		c->hairpin_packets += p->packets;
		c->hairpin_bytes += p->bytes;
	}
}

static __noinline void count_drop(const struct packet *p, const struct hook *h, struct flow_slot *s)
{
	struct hook_counters *c = hook_counters(h);

	if (c) {
		c->dropped_packets += p->packets;
		c->dropped_bytes += p->bytes;
	}
	if (s) {
		add64(&s->dropped_packets[p->from_hi & 1], p->packets);
		add64(&s->dropped_bytes[p->from_hi & 1], p->bytes);
	}
}

static __always_inline void count_flags(struct flow_slot *s, __u32 side, __u32 flags)
{
	if ((flags & 0x12) == 0x02)
		add32(&s->syn[side], 1);
	if ((flags & 0x12) == 0x12)
		add32(&s->syn_ack[side], 1);
	if (flags & 0x01)
		add32(&s->fin[side], 1);
	if (flags & 0x04)
		add32(&s->rst[side], 1);
}

/*
 * The first packet of one direction, or one that is counted at the other hook of this interface
 * already (lo, a router on a stick): 1 = do not count it again. A direction that has been silent at
 * its hook for a second has moved (a changed route) and is counted at this one from now on.
 */
static __noinline int settle_path(struct flow_slot *s, __u32 side, const struct hook *h, __u64 now)
{
	side &= 1;
	__u8 limited = s->path[side] & PATH_LIMITED;

	/* Either way, because another CPU may have stamped it a tick later than our `now`. */
	if (s->path[side] != limited && now - s->last_ns[side] + SECOND_NS < 2 * SECOND_NS)
		return 1;
	if (s->path[side] == limited)
		s->first_ns[side] = clock_precise();
	s->path[side] = limited | PATH_SEEN | (h->direction == EGRESS ? PATH_EGRESS : 0) |
			(h->direction == EGRESS && h->came_in_by ? PATH_FORWARDED : 0);
	return 0;
}

#define BOTH_LIMITED (PATH_LIMITED | PATH_LIMITED << 8)

static __always_inline void keep_judgement(struct flow_slot *s, __u32 judged, __u32 gen)
{
	s->verdict = judged & JUDGED_VERDICT;
	__u16 *paths = (__u16 *)s->path, kept = *paths & ~BOTH_LIMITED;
	__u16 wanted = kept | (judged >> 4 & PATH_LIMITED) | (judged << 3 & PATH_LIMITED << 8);

	/* Others write there as well: not without need. */
	if (wanted != *paths)
		*paths = wanted;
	s->list_gen = gen;
}

/* A fresh entry, or the one that another CPU has just made; 0 when there is no room. */
static __noinline struct flow_slot *make_slot(const struct packet *p, __u32 judged, __u32 gen)
{
	__u32 index = slot_take();
	struct flow_slot *s = index == NO_SLOT ? 0 : slot_at(index);

	if (!s)
		return 0;
	s->key = p->key;
	s->index = index;
	s->client = p->from_hi;
	keep_judgement(s, judged, gen);
	s->observe = what_to_observe(&p->key);
	if (slot_bind(p, index) == 0) {
		s->state = SLOT_LIVE;
		return s;
	}
	s->state = SLOT_ORPHAN; /* lost a race or the table refused: user space takes the slot back */
	return slot_find(p);
}

/* Notes the socket that sends here, once; a SYN-ACK's is that of the connection to be (inet_csk_clone_lock). */
static __noinline void note_owner(struct flow_slot *s, __u32 side, const struct hook *h)
{
	__u64 cookie = sender_cookie(h);

	if (!cookie)
		return;
	side &= 1;
	owner_note(s->index, side, cookie);
	s->path[side] |= PATH_OWNED;
}

/* Somebody looks at single packets. */
static __always_inline void show(const struct packet *p, const struct hook *h, __u32 verdict, __u32 slot)
{
	__u32 watch = control.watch;

	if (watch & WATCH_EVENTS)
		emit(p, h, verdict);
	if (watch & WATCH_CAPTURE)
		capture(p, h, verdict, slot);
}

/* A segment of a connection that stood before its deny entry: packets of both sides have passed. */
static __always_inline int is_for_reset(const struct packet *p, const struct hook *h, const struct flow_slot *s)
{
	return h->direction == INGRESS && p->key.protocol == IPPROTO_TCP && p->packets == 1 && s->verdict == VERDICT_DROP &&
	       (p->tcp_flags & (TCP_SYN | TCP_RST | TCP_ACK)) == TCP_ACK && s->packets[0] > s->dropped_packets[0] &&
	       s->packets[1] > s->dropped_packets[1];
}

/* 1 or DROP_AND_RESET: drop the packet. The caller has parsed it; this is the line that every IP packet walks. */
static __always_inline int count(const struct packet *p, const struct hook *h)
{
	__u32 side = p->from_hi & 1, gen = control.list_gen, verdict, hairpin = 0, judged = 0, over = 0;
	__u8 here = PATH_SEEN | (h->direction == EGRESS ? PATH_EGRESS : 0);
	__u64 now = clock_coarse();
	struct flow_slot *s = slot_find(p);

	if (!s) {
		judged = forget_range(judge(&p->key));
		if (judged & (JUDGED_LIMITED << side))
			over = forget_range(over_limit(p, h));
		verdict = over ? VERDICT_DROP : judged & JUDGED_VERDICT;
		/* Senders that are dropped anyway must not fill the table. */
		if (verdict != VERDICT_DROP || table_is_half_empty())
			s = make_slot(p, judged, gen);
	} else {
		if (s->list_gen != gen)
			keep_judgement(s, forget_range(judge(&p->key)), gen);
		verdict = s->verdict;
	}
	if (s) {
		if ((s->path[side] & (PATH_SEEN | PATH_EGRESS)) != here) {
			hairpin = settle_path(s, side, h, now);
			if (!hairpin && verdict != VERDICT_DROP)
				observe_hop(p, h);
		}
		if (!hairpin) {
			/* Of a new flow it has been asked already. */
			if ((s->path[side] & PATH_LIMITED) && !judged && over_limit(p, h))
				verdict = VERDICT_DROP;
			add64(&s->packets[side], p->packets);
			add64(&s->bytes[side], p->bytes);
			s->last_ns[side] = now;
			if (p->tcp_flags & ~s->tcp_flags[side])
				s->tcp_flags[side] |= p->tcp_flags;
			if (p->tcp_flags & 0x07)
				count_flags(s, side, p->tcp_flags);
			/* Anew with a SYN: the 5-tuple may be used again by another socket. */
			if (h->direction == EGRESS && !h->came_in_by &&
			    (!(s->path[side] & PATH_OWNED) || (p->tcp_flags & 0x12) == 0x02))
				note_owner(s, side, h);
			if (s->observe)
				observe(p, h, s);
		}
	} else {
		count_overflow(p, h, verdict);
	}
	if (p->packets > 1 || p->link_bytes || hairpin)
		count_difference(p, h, hairpin);
	if (control.watch && !hairpin)
		show(p, h, verdict, s ? s->index : NO_SLOT);
	if (verdict != VERDICT_DROP)
		return 0;
	count_drop(p, h, hairpin ? 0 : s);
	return control.resets && s && is_for_reset(p, h, s) ? DROP_AND_RESET : 1;
}
#endif
