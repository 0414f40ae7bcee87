/* A library to preload. It makes calls of a function of the C library fail, counted from main() on.
 *
 *   FAIL_CALL    `malloc`, which stands for all functions that allocate, or read, write, send, recv,
 *                connect, open or poll
 *   FAIL_AT      the number of the call to fail; 0: none
 *   FAIL_ALWAYS  if set, all later calls fail too
 *   FAIL_REPORT  a file that receives the number of calls when the process ends normally
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static const char *failing = "";
static long at;
static int always;
static atomic_long calls;
static atomic_int in_main;

static int fails(const char *name) {
    if (!in_main || strcmp(name, failing) != 0) return 0;
    const long call = ++calls;
    return at != 0 && (always ? call >= at : call == at);
}

void *malloc(size_t size) {
    if (!fails("malloc")) return __libc_malloc(size);
    errno = ENOMEM;
    return NULL;
}

void *calloc(size_t count, size_t size) {
    if (!fails("malloc")) return __libc_calloc(count, size);
    errno = ENOMEM;
    return NULL;
}

void *realloc(void *old, size_t size) {
    if (!fails("malloc")) return __libc_realloc(old, size);
    errno = ENOMEM;
    return NULL;
}

void *aligned_alloc(size_t alignment, size_t size) {
    if (!fails("malloc")) return __libc_memalign(alignment, size);
    errno = ENOMEM;
    return NULL;
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (fails("malloc")) return ENOMEM;
    *result = __libc_memalign(alignment, size);
    return *result == NULL ? ENOMEM : 0;
}

static int set_errno(int error) {
    errno = error;
    return -1;
}

ssize_t read(int fd, void *data, size_t size) {
    return fails("read") ? set_errno(EIO) : syscall(SYS_read, fd, data, size);
}

ssize_t write(int fd, const void *data, size_t size) {
    return fails("write") ? set_errno(EIO) : syscall(SYS_write, fd, data, size);
}

ssize_t send(int fd, const void *data, size_t size, int flags) {
    return fails("send") ? set_errno(ECONNRESET) : syscall(SYS_sendto, fd, data, size, flags, NULL, 0);
}

ssize_t recv(int fd, void *data, size_t size, int flags) {
    return fails("recv") ? set_errno(ECONNRESET) : syscall(SYS_recvfrom, fd, data, size, flags, NULL, NULL);
}

int connect(int fd, const struct sockaddr *address, socklen_t size) {
    return fails("connect") ? set_errno(ECONNREFUSED) : (int)syscall(SYS_connect, fd, address, size);
}

static int open_file(const char *path, int flags, mode_t mode) {
    return fails("open") ? set_errno(EMFILE) : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open_file(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open_file(path, flags, mode);
}

int poll(struct pollfd *fds, nfds_t count, int timeout) {
    return fails("poll") ? set_errno(ENOMEM) : (int)syscall(SYS_poll, fds, count, timeout);
}

static void report(void) {
    in_main = 0;
    FILE *file = fopen(getenv("FAIL_REPORT"), "w");
    if (file == NULL) return;
    fprintf(file, "%ld\n", calls);
    fclose(file);
}

static int (*program)(int, char **, char **);

static int run(int argc, char **argv, char **environment) {
    in_main = 1;
    return program(argc, argv, environment);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end) {
    typedef int (*start)(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void), void (*)(void),
                         void *);
    if (getenv("FAIL_CALL") != NULL) {
        failing = getenv("FAIL_CALL");
        at = atol(getenv("FAIL_AT"));
        always = getenv("FAIL_ALWAYS") != NULL;
        if (getenv("FAIL_REPORT") != NULL) atexit(report);
    }
    program = main;
    unsetenv("LD_PRELOAD"); /* the programs that it starts run as usual */
    return ((start)dlsym(RTLD_NEXT, "__libc_start_main"))(run, argc, argv, init, fini, rtld_fini, stack_end);
}
