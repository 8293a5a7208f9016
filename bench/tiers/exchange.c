// The load of the benchmarks `tiers` and `attribution`: one request per connection, as HTTP/1.0 has it. The server closes first.
// exchange serve PORT THREADS                 each thread has a port of its own, from PORT on; says "ready"
// exchange ask PORT THREADS ADDRESS SECONDS   thread by thread from the same ports, of ADDRESS and the next three in turn;
//                                             prints "CONNECTIONS SECONDS"
// Client and server thread of a port run on the same CPU: nothing moves between rounds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 64
#define BACKLOG 1024
#define ANSWER_BYTES 512
#define ADDRESSES 4

static const char request[] = "GET / HTTP/1.0\r\nHost: bench\r\n\r\n";
static char answer[ANSWER_BYTES] = "HTTP/1.0 200 OK\r\n\r\n";
static struct sockaddr_in base;
static double until;
static unsigned long connections[MAX_THREADS];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Ends the process: a load with failures in it is no figure. */
static void fail(const char *what)
{
	fprintf(stderr, "exchange: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in address_of(long thread)
{
	struct sockaddr_in a = base;

	a.sin_port = htons(ntohs(base.sin_port) + thread);
	return a;
}

static void pin(long thread)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(thread % sysconf(_SC_NPROCESSORS_ONLN), &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

__attribute__((noreturn)) static void *serve(void *arg)
{
	long thread = (long)arg;
	struct sockaddr_in at = address_of(thread);
	int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);

	pin(thread);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) || listen(listener, BACKLOG))
		fail("listen");
	for (;;) {
		char text[1024];
		int peer = accept(listener, 0, 0);

		if (peer < 0)
			fail("accept");
		/* The request is one segment. */
		if (recv(peer, text, sizeof(text), 0) > 0 && send(peer, answer, sizeof(answer), MSG_NOSIGNAL) < 0)
			fail("answer");
		close(peer);
	}
}

static void *ask(void *arg)
{
	long thread = (long)arg;
	struct sockaddr_in to = address_of(thread);

	pin(thread);
	for (in_addr_t first = ntohl(to.sin_addr.s_addr); now() < until; connections[thread]++) {
		char text[1024];
		ssize_t length, total = 0;
		int peer = socket(AF_INET, SOCK_STREAM, 0);

		to.sin_addr.s_addr = htonl(first + connections[thread] % ADDRESSES);
		if (connect(peer, (struct sockaddr *)&to, sizeof(to)))
			fail("connect");
		if (send(peer, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0)
			fail("send");
		while ((length = recv(peer, text, sizeof(text), 0)) > 0)
			total += length;
		if (length < 0 || total != ANSWER_BYTES)
			fail("answer cut short");
		close(peer);
	}
	return 0;
}

int main(int count, char **words)
{
	pthread_t threads[MAX_THREADS];
	int is_server = count == 4 && !strcmp(words[1], "serve");
	long used = count >= 4 ? atol(words[3]) : 0;

	if ((!is_server && count != 6) || used < 1 || used > MAX_THREADS)
		return 2;
	base.sin_family = AF_INET;
	base.sin_port = htons(atoi(words[2]));
	if (!is_server && inet_pton(AF_INET, words[4], &base.sin_addr) != 1)
		return 2;
	double begin = now();

	until = is_server ? 0 : begin + atof(words[5]);
	for (long i = 0; i < used; i++)
		if (pthread_create(&threads[i], 0, is_server ? serve : ask, (void *)i))
			fail("thread");
	if (is_server) {
		printf("ready\n");
		fflush(stdout);
		pause();
	}
	unsigned long sum = 0;

	for (long i = 0; i < used; i++) {
		pthread_join(threads[i], 0);
		sum += connections[i];
	}
	printf("%lu %.6f\n", sum, now() - begin);
	return 0;
}
