// Many connections with light traffic, a process at each end.
// hold serve ADDRESS PORT               sends back what it gets; says "ready"
// hold open ADDRESS PORT COUNT BYTES    opens COUNT connections, says "open COUNT", then sends BYTES on each once a second,
//                                       spread evenly, until its standard input ends; then says how many it has sent
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256
#define STEPS_PER_SECOND 100
#define MAX_BYTES 4096

static char text[MAX_BYTES];

static void fail(const char *what)
{
	fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void serve(struct sockaddr_in *at)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, set = epoll_create1(0);
	struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)at, sizeof(*at)) || listen(listener, 4096))
		fail("listen");
	epoll_ctl(set, EPOLL_CTL_ADD, listener, &event);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		int count = epoll_wait(set, events, EVENTS, -1);

		for (int i = 0; i < count; i++) {
			int fd = events[i].data.fd;

			if (fd == listener) {
				event.data.fd = accept(listener, 0, 0);
				if (event.data.fd < 0 || epoll_ctl(set, EPOLL_CTL_ADD, event.data.fd, &event))
					fail("accept");
				continue;
			}
			ssize_t length = recv(fd, text, sizeof(text), 0);

			if (length <= 0 || send(fd, text, length, MSG_NOSIGNAL) < 0)
				close(fd);
		}
	}
}

static void hold(struct sockaddr_in *to, long count, size_t bytes)
{
	int *fds = calloc(count, sizeof(*fds));
	long next = 0, sent = 0;
	struct timespec due;

	for (long i = 0; i < count; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (fds[i] < 0 || connect(fds[i], (struct sockaddr *)to, sizeof(*to)))
			fail("connect");
	}
	printf("open %ld\n", count);
	fflush(stdout);
	clock_gettime(CLOCK_MONOTONIC, &due);
	for (struct pollfd input = {.fd = 0, .events = POLLIN}; poll(&input, 1, 0) == 0;) {
		for (long left = count / STEPS_PER_SECOND; left; left--, next = (next + 1) % count) {
			/* The answer of a second ago. */
			while (recv(fds[next], text, sizeof(text), MSG_DONTWAIT) > 0)
				;
			if (send(fds[next], text, bytes, MSG_NOSIGNAL) < 0)
				fail("send");
			sent++;
		}
		due.tv_nsec += 1000000000 / STEPS_PER_SECOND;
		if (due.tv_nsec >= 1000000000)
			due.tv_sec++, due.tv_nsec -= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, 0);
	}
	printf("%ld\n", sent);
}

int main(int count, char **words)
{
	struct rlimit files;
	struct sockaddr_in address = {.sin_family = AF_INET};

	if (count < 4 || inet_pton(AF_INET, words[2], &address.sin_addr) != 1)
		return 2;
	address.sin_port = htons(atoi(words[3]));
	if (getrlimit(RLIMIT_NOFILE, &files))
		fail("getrlimit");
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (!strcmp(words[1], "serve"))
		serve(&address);
	else if (count == 6)
		hold(&address, atol(words[4]), atol(words[5]) < MAX_BYTES ? atol(words[5]) : MAX_BYTES);
	else
		return 2;
	return 0;
}
