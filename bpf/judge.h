/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of a packet by the lists, and whose senders have a limit. Where the lists are, the platform says. */
#ifndef NETSCOPE_JUDGE_H
#define NETSCOPE_JUDGE_H
#include "limit.h"

/* The server's page on lo: blocking 127.0.0.1 must not cut the operator off from unblocking it. */
static __always_inline int is_own_page(const struct flow_key *k)
{
	return k->ifindex == 1 && control.quiet_port && (k->lo_port == control.quiet_port || k->hi_port == control.quiet_port);
}

/* Router and neighbour discovery (types 133 to 136): like ARP, without it no SSH over IPv6 gets through. */
static __always_inline int is_discovery(const struct flow_key *k)
{
	return k->protocol == ICMPV6 && (__u16)(k->lo_port - 133) < 4 && (__u16)(k->hi_port - 133) < 4;
}

/* An entry does not reach who is pinned: with a prefix around the gateway, all of it is denied but the gateway. */
static __always_inline int is_denied(const __u8 *addr)
{
	return in_deny_list(addr) && !(control.pinned_entries && is_pinned(addr));
}

/* SSH beats allow, allow beats deny, deny beats limits; either endpoint counts. */
static __noinline __u32 judge(const struct flow_key *k)
{
	if (is_own_page(k) || is_discovery(k))
		return VERDICT_PASS;
	if (k->protocol == IPPROTO_TCP)
		for (int i = 0; i < 8; i++) {
			__u16 port = control.ssh_ports[i];

			if (port && (port == k->lo_port || port == k->hi_port))
				return VERDICT_SSH;
		}
	if (control.allow_entries && (in_allow_list(k->lo_addr) || in_allow_list(k->hi_addr)))
		return VERDICT_SKIP;
	if (control.deny_entries && (is_denied(k->lo_addr) || is_denied(k->hi_addr)))
		return VERDICT_DROP;
	if (!control.limit_entries)
		return VERDICT_PASS;
	return VERDICT_PASS | (holds_limit(k->lo_addr) ? JUDGED_LIMITED : 0) | (holds_limit(k->hi_addr) ? JUDGED_LIMITED << 1 : 0);
}
#endif
