/* SPDX-License-Identifier: GPL-2.0 */
/* The baselines of the benchmark `kernel`: nothing, and the least that a program which counts flows must do. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define NEXT (-1)

char LICENSE[] SEC("license") = "GPL";

/* As long as the key of flows4 in bpf/flow.h. */
struct floor_key {
	__u64 words[3];
};
struct floor_value {
	__u64 packets, bytes;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 131072);
	__type(key, struct floor_key);
	__type(value, struct floor_value);
} floor_flows SEC(".maps");

SEC("tc") int empty(struct __sk_buff *skb) { return NEXT; }

/* Addresses and ports from where IPv4 without options has them; no other check, no time, no verdict. */
SEC("tc") int least(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	if (data + 38 > end)
		return NEXT;
	struct floor_key k = {.words = {*(__u64 *)(data + 26), *(__u32 *)(data + 34), *(__u8 *)(data + 23)}};
	struct floor_value *v = bpf_map_lookup_elem(&floor_flows, &k);

	if (v) {
		__sync_fetch_and_add(&v->packets, 1);
		__sync_fetch_and_add(&v->bytes, skb->len);
	} else {
		struct floor_value first = {1, skb->len};

		bpf_map_update_elem(&floor_flows, &k, &first, BPF_NOEXIST);
	}
	return NEXT;
}
