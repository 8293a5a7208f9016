/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own structures, only the fields that we read. libbpf moves each access to where the running
 * kernel's BTF has a field of that name, so order, nesting and what is left out do not matter here.
 */
#ifndef NETSCOPE_CORE_MIN_H
#define NETSCOPE_CORE_MIN_H
#include <linux/types.h>

#define CORE __attribute__((preserve_access_index))

struct ns_common {
	unsigned int inum;
} CORE;

struct net_device;
struct net {
	struct ns_common ns;
	struct net_device *loopback_dev;
} CORE;
typedef struct {
	struct net *net;
} CORE possible_net_t;

struct net_device {
	int ifindex;
	possible_net_t nd_net;
} CORE;

typedef struct {
	__s64 counter;
} CORE atomic64_t;

/* The flavour keeps it apart from linux/in6.h. */
struct in6_addr___kernel {
	union {
		__u8 u6_addr8[16];
	} in6_u;
} CORE;

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr___kernel skc_v6_daddr; /* not there without IPv6 */
	struct in6_addr___kernel skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
} CORE;

struct sock {
	struct sock_common __sk_common;
} CORE;

/* Begins with a struct sock. */
struct tcp_sock {
	__u32 write_seq;
	__u32 copied_seq;
} CORE;

struct request_sock {
	struct sock_common __req_common;
} CORE;

struct socket {
	struct sock *sk;
} CORE;

/* sk_buff_data_t is an offset from head wherever pointers have 64 bits (include/linux/skbuff.h). */
struct sk_buff {
	struct sock *sk;
	struct net_device *dev;
	unsigned int len;
	int skb_iif;
	__be16 protocol;
	__u16 network_header;
	__u16 mac_header;
	unsigned int tail;
	unsigned int end;
	unsigned char *head;
	unsigned char *data;
	char cb[48];
} CORE;

struct skb_shared_info {
	unsigned short gso_segs;
} CORE;

struct tcp_skb_cb {
	__u16 tcp_gso_segs;
} CORE;
#endif
