/* SPDX-License-Identifier: GPL-2.0 */
/* Application bytes and acceptances by fexit, which has a function's parameters and its result at once. */

#define MSG_PEEK 2
#define MSG_ERRQUEUE 0x2000

static __always_inline void count_app_bytes(__u64 cookie, enum way way, long bytes)
{
	struct app_bytes zero = {}, *row;

	if (bytes <= 0)
		return;
	if (!cookie) {
		COUNT(app_without_cookie, 1);
		return;
	}
	row = row_of(&app_bytes, &cookie, &zero);
	if (!row)
		COUNT(app_full, 1);
	else
		__sync_fetch_and_add(way == SENT ? &row->sent : &row->received, bytes);
}

/* A whole load, because the verifier refuses a context pointer that the compiler has moved. */
#define PARAMETER(ctx, n)                                                                          \
	({                                                                                         \
		__u64 value_;                                                                      \
		asm volatile("%0 = *(u64 *)(%1 + %2)" : "=r"(value_) : "r"(ctx), "i"((n) * 8)); \
		value_;                                                                            \
	})

static __always_inline __u64 cookie_of(struct sock *sk)
{
	return settings.has_cookie_function ? bpf_get_socket_cookie(sk) : cookie_in(sk);
}

SEC("fexit/tcp_sendmsg")
int sent(__u64 *ctx)
{
	count_app_bytes(cookie_of((struct sock *)ctx[0]), SENT, (int)ctx[3]);
	return 0;
}

/* sendfile and splice; before 6.5, which has them go through tcp_sendmsg. */
SEC("fexit/tcp_sendpage")
int sent_page(__u64 *ctx)
{
	count_app_bytes(cookie_of((struct sock *)ctx[0]), SENT, (int)ctx[5]);
	return 0;
}

/* Not tcp_cleanup_rbuf: it is told the running total inside the loop, so MSG_WAITALL counts many times. */
SEC("fexit/tcp_recvmsg")
int received(__u64 *ctx)
{
	int flags, result;

	if (settings.recvmsg_parameters == 6) {
		flags = PARAMETER(ctx, 4);
		result = PARAMETER(ctx, 6);
	} else if (settings.recvmsg_parameters == 5) {
		flags = PARAMETER(ctx, 3);
		result = PARAMETER(ctx, 5);
	} else {
		flags = PARAMETER(ctx, 3);
		result = PARAMETER(ctx, 4);
	}
	if (!(flags & (MSG_PEEK | MSG_ERRQUEUE)))
		count_app_bytes(cookie_of((struct sock *)ctx[0]), RECEIVED, result);
	return 0;
}

SEC("fexit/tcp_splice_read")
int received_splice(__u64 *ctx)
{
	struct socket *socket = (struct socket *)ctx[0];

	count_app_bytes(cookie_in(BPF_CORE_READ(socket, sk)), RECEIVED, (long)ctx[5]);
	return 0;
}

/* net/ipv4/inet_connection_sock.c; runs in the process that accepts. */
SEC("fexit/inet_csk_accept")
int accept(__u64 *ctx)
{
	struct sock *sk = settings.accept_parameters == 4 ? (struct sock *)PARAMETER(ctx, 4)
							   : (struct sock *)PARAMETER(ctx, 2);

	if (sk)
		count_acceptance(cookie_of(sk));
	return 0;
}
