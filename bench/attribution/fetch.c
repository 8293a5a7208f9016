// A program that lives for one request: `fetch ADDRESS PORT` connects, asks, reads the answer to its end and exits.
// Prints its process id, its local port and the microseconds from socket() to close(), after that.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

int main(int count, char **words)
{
	static const char request[] = "GET / HTTP/1.0\r\nHost: bench\r\n\r\n";
	struct sockaddr_in to = {.sin_family = AF_INET}, own;
	socklen_t length = sizeof(own);
	char text[1024];
	ssize_t got;

	if (count != 3 || inet_pton(AF_INET, words[1], &to.sin_addr) != 1)
		return 2;
	to.sin_port = htons(atoi(words[2]));
	double begin = now_us();
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) || getsockname(fd, (struct sockaddr *)&own, &length) ||
	    send(fd, request, sizeof(request) - 1, 0) < 0)
		return 1;
	while ((got = recv(fd, text, sizeof(text), 0)) > 0)
		;
	close(fd);
	printf("%d %d %.0f\n", getpid(), ntohs(own.sin_port), now_us() - begin);
	return got < 0;
}
