/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line with a delay, for kernels without netem: `delay-line MICROSECONDS NAME NAMESPACE NAME NAMESPACE`. Makes two TUN interfaces,
 * each in the network namespace of that file, and lets what goes into one come out of the other so much later. Prints `ready`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define MOST_BYTES 2048
/* Packets on their way in one direction; what is beyond is lost, as on a full line. */
#define MOST 8192

struct packet {
	uint64_t due_ns;
	ssize_t length;
	char data[MOST_BYTES];
};

struct direction {
	int from, to;
	unsigned head, count;
	struct packet *packets;
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static int open_tun(const char *name, const char *namespace)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int ns = open(namespace, O_RDONLY), tun;

	if (ns < 0 || setns(ns, CLONE_NEWNET))
		fail(namespace);
	tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	if (tun < 0 || ioctl(tun, TUNSETIFF, &request))
		fail(name);
	close(ns);
	return tun;
}

static void take(struct direction *of, uint64_t delay_ns)
{
	char lost[MOST_BYTES];

	for (;;) {
		struct packet *next = &of->packets[(of->head + of->count) % MOST];
		int is_full = of->count == MOST;
		ssize_t length = read(of->from, is_full ? lost : next->data, MOST_BYTES);

		if (length < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		/* Its namespace is gone. */
		if (length <= 0)
			exit(0);
		if (is_full)
			continue;
		next->length = length;
		next->due_ns = now_ns() + delay_ns;
		of->count++;
	}
}

static void deliver(struct direction *of)
{
	while (of->count > 0 && of->packets[of->head].due_ns <= now_ns()) {
		struct packet *first = &of->packets[of->head];

		/* What the other side does not take is lost. */
		if (write(of->to, first->data, first->length) < 0 && errno == EBADFD)
			exit(0);
		of->head = (of->head + 1) % MOST;
		of->count--;
	}
}

int main(int count, char **words)
{
	struct direction both[2] = {};
	struct pollfd polled[2];

	if (count != 6) {
		fprintf(stderr, "delay-line MICROSECONDS NAME NAMESPACE NAME NAMESPACE\n");
		return 2;
	}
	uint64_t delay_ns = strtoull(words[1], NULL, 10) * 1000;
	int ends[2] = { open_tun(words[2], words[3]), open_tun(words[4], words[5]) };

	for (int i = 0; i < 2; i++) {
		both[i] = (struct direction){ .from = ends[i], .to = ends[1 - i] };
		both[i].packets = calloc(MOST, sizeof(struct packet));
		if (!both[i].packets)
			fail("calloc");
		polled[i] = (struct pollfd){ .fd = ends[i], .events = POLLIN };
	}
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		struct timespec wait = { .tv_sec = 1 };
		uint64_t next = UINT64_MAX, now = now_ns();

		for (int i = 0; i < 2; i++)
			if (both[i].count > 0 && both[i].packets[both[i].head].due_ns < next)
				next = both[i].packets[both[i].head].due_ns;
		if (next != UINT64_MAX) {
			uint64_t left = next > now ? next - now : 0;

			wait = (struct timespec){ left / 1000000000, left % 1000000000 };
		}
		if (ppoll(polled, 2, &wait, NULL) < 0 && errno != EINTR)
			fail("ppoll");
		for (int i = 0; i < 2; i++) {
			take(&both[i], delay_ns);
			deliver(&both[i]);
		}
	}
}
