/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes many flows of one test packet: writes another source address and port into it and hands it to
 * the program in `target`, which is the real one. A packet of UDP in IPv4 over Ethernet is expected.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NEXT (-1)
#define SOURCE_AT 26
#define PORT_AT 34
#define FIRST_PORT 1024
#define FIRST_SOURCE 0x0a000000 /* 10.0.0.0 */

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} target SEC(".maps");

struct settings {
	__u32 mask; /* flows - 1, a power of two less one */
	__u32 next;
	__u32 source_bits; /* of a flow's number: its address; the bits above: its port */
};
volatile struct settings settings = {};

static __always_inline int put_source(struct __sk_buff *skb, __u32 flow)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	if (data + PORT_AT + 2 > end)
		return 0;
	__u32 bits = settings.source_bits & 31;

	*(__u32 *)(data + SOURCE_AT) = __builtin_bswap32(FIRST_SOURCE + (flow & ((1 << bits) - 1)));
	*(__u16 *)(data + PORT_AT) = __builtin_bswap16(FIRST_PORT + (flow >> bits));
	return 1;
}

SEC("tc") int random_flow(struct __sk_buff *skb)
{
	if (put_source(skb, bpf_get_prandom_u32() & settings.mask))
		bpf_tail_call(skb, &target, 0);
	return NEXT;
}

/* One flow after the other. */
SEC("tc") int next_flow(struct __sk_buff *skb)
{
	__u32 flow = settings.next;

	settings.next = flow + 1;
	if (put_source(skb, flow & settings.mask))
		bpf_tail_call(skb, &target, 0);
	return NEXT;
}
