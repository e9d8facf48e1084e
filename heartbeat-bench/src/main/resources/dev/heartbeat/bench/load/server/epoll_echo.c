/* The least a machine can do: one thread and one epoll, and what was read is written back.
 * Says on which port of the loopback address it listens, and ends with its standard input. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, EVENTS = 1024, BYTES_PER_READ = 64 * 1024 };

static char buffer[BYTES_PER_READ];

static int require(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static void watch(int epoll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    require(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static int listen_on_loopback(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = require(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
    require(bind(listener, (struct sockaddr *)&address, size), "bind");
    require(listen(listener, BACKLOG), "listen");
    require(getsockname(listener, (struct sockaddr *)&address, &size), "getsockname");
    printf("> %d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void accept_all(int epoll, int listener) {
    int on = 1;
    for (int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK); fd >= 0;
         fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(epoll, fd);
    }
}

static void echo(int fd) {
    ssize_t bytes = read(fd, buffer, sizeof buffer);
    if (bytes <= 0) {
        close(fd);
        return;
    }
    for (ssize_t written = 0; written < bytes;) {
        ssize_t some = write(fd, buffer + written, bytes - written);
        if (some < 0 && errno != EAGAIN) {
            close(fd);
            return;
        }
        written += some < 0 ? 0 : some;
    }
}

int main(void) {
    struct epoll_event events[EVENTS];
    signal(SIGPIPE, SIG_IGN);
    int epoll = require(epoll_create1(0), "epoll_create1");
    int listener = listen_on_loopback();
    watch(epoll, listener);
    watch(epoll, STDIN_FILENO);
    for (;;) {
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                accept_all(epoll, listener);
            } else if (fd == STDIN_FILENO) {
                if (read(fd, buffer, sizeof buffer) <= 0) {
                    return 0;
                }
            } else {
                echo(fd);
            }
        }
    }
}
