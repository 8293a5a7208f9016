/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tc programs: count every packet into one entry per connection, drop what the deny list names.
 * They end with TCX_NEXT (== TC_ACT_UNSPEC) unless they drop, so that everybody else's programs run.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "parse.h"
#include "maps.h"
#include "count.h"
#include "capture.h"
#include "reset.h"

#define NEXT (-1)
#define PULL_BYTES 192

char LICENSE[] SEC("license") = "GPL";

static __always_inline void frame_of(struct frame *f, struct __sk_buff *skb)
{
	f->data = (void *)(long)skb->data;
	f->end = (void *)(long)skb->data_end;
	f->length = skb->len;
	f->ifindex = skb->ifindex;
	f->zero = control.zero;
	f->segments = 1;
	f->wire_length = 0;
	f->vlan = skb->vlan_present ? skb->vlan_tci & 0xfff : 0;
	__u32 payload = skb->gso_size;

	if (!payload)
		return;
	/* gso_segs is 0 where the sender left it to us (virtio, tap): about the payload by its size. */
	f->segments = skb->gso_segs ?: (f->length + payload - 1) / payload;
	f->wire_length = skb->wire_len;
}

/*
 * The second try is for headers that lie beyond the linear part of the buffer. A loop and no function of its own,
 * whose frame would be too much: 512 bytes of stack for all calls together.
 */
static __always_inline int parse_skb(struct packet *p, struct frame *f, struct __sk_buff *skb, __u32 l2)
{
	int result;

#pragma nounroll
	for (int i = 0;; i++) {
		frame_of(f, skb);
		f->last_try = i;
		result = parse(p, f, l2);
		/* Not in the loop's condition: clang then stores a register that was never set, which the verifier refuses. */
		if (result != NEED_MORE || i)
			break;
		/* Where memory is short for it, the second try makes do with what there is. */
		bpf_skb_pull_data(skb, skb->len < PULL_BYTES ? skb->len : PULL_BYTES);
		/* Kernels before 6.2 take a way back by a jump only, not one that falls through from a call, as clang may lay it out. */
		asm volatile("goto +0");
	}
	return result;
}

static __always_inline int run(struct __sk_buff *skb, __u32 direction, __u32 l2)
{
	struct frame f;
	struct packet p;

	if (direction == EGRESS && skb->mark == RESET_MARK)
		return let_reset_pass(skb, l2);
	int result = parse_skb(&p, &f, skb, l2);
	struct hook h = {.ifindex = f.ifindex, .direction = direction, .came_in_by = skb->ingress_ifindex, .l2 = l2, .skb = skb};

	if (result != PARSED) {
		count_unparsed(&h, result, skb->len);
		if (result == NOT_IP)
			observe_other(&h);
		return NEXT;
	}
	int drop = count(&p, &h);

	if (!drop)
		return NEXT;
	return drop == DROP_AND_RESET ? reset(skb, l2) : TC_ACT_SHOT;
}

SEC("tc") int netscope_in(struct __sk_buff *skb) { return run(skb, INGRESS, 14); }
SEC("tc") int netscope_out(struct __sk_buff *skb) { return run(skb, EGRESS, 14); }
SEC("tc") int netscope_in_l3(struct __sk_buff *skb) { return run(skb, INGRESS, 0); }
SEC("tc") int netscope_out_l3(struct __sk_buff *skb) { return run(skb, EGRESS, 0); }
