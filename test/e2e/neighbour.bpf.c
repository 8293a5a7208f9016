/* SPDX-License-Identifier: GPL-2.0 */
/* Somebody else's tc program: counts what it sees and lets the next one run. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

char LICENSE[] SEC("license") = "GPL";

SEC("tc") int neighbour(struct __sk_buff *skb)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&seen, &zero);

	if (count)
		__sync_fetch_and_add(count, 1);
	return -1;
}
