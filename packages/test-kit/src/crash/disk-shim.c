// Stands between a program and its disk (LD_PRELOAD), for the files whose path holds SHIM_FILES. A test that maps the same control file counts the operations, lets
// some of them fail, and reads how far the write-ahead log has been synced: all after that is what a loss of power may take.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

struct control {
  int64_t count;      // operations so far
  int64_t fail_from;  // the first that fails; 0: none
  int64_t fail_to;    // the last that fails
  int64_t error;      // with this errno
  int64_t failed;     // how many did
  int64_t synced;     // the log is synced up to here
};

static struct control *control;
static int64_t written;

static struct control *shared(void) {
  if (control) return control;
  const char *path = getenv("SHIM_CONTROL");
  int fd = path ? open(path, O_RDWR) : -1;
  if (fd < 0) return NULL;
  void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  return control = mapped == MAP_FAILED ? NULL : mapped;
}

// 0: not ours; 1: ours; 2: the write-ahead log.
static int kind_of(int fd) {
  char link[64] = "/proc/self/fd/", path[4096];
  char digits[16];
  int length = 0;
  for (int rest = fd; length == 0 || rest > 0; rest /= 10) digits[length++] = (char)('0' + rest % 10);
  size_t end = strlen(link);
  while (length > 0) link[end++] = digits[--length];
  link[end] = 0;
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size <= 0) return 0;
  path[size] = 0;
  const char *files = getenv("SHIM_FILES");
  if (!files || !strstr(path, files)) return 0;
  return size > 4 && strcmp(path + size - 4, "-wal") == 0 ? 2 : 1;
}

static int fails(int kind) {
  if (!kind || !shared()) return 0;
  int64_t nth = __atomic_add_fetch(&control->count, 1, __ATOMIC_SEQ_CST);
  if (!control->fail_from || nth < control->fail_from || nth > control->fail_to) return 0;
  __atomic_add_fetch(&control->failed, 1, __ATOMIC_SEQ_CST);
  errno = (int)control->error;
  return 1;
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static void note(int kind, ssize_t done, int64_t end) {
  if (kind == 2 && done > 0 && end > written) written = end;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
  REAL(pwrite64);
  int kind = kind_of(fd);
  if (fails(kind)) return -1;
  ssize_t done = real(fd, data, size, offset);
  note(kind, done, offset + done);
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
  REAL(pwrite);
  int kind = kind_of(fd);
  if (fails(kind)) return -1;
  ssize_t done = real(fd, data, size, offset);
  note(kind, done, offset + done);
  return done;
}

int ftruncate64(int fd, off64_t length) {
  REAL(ftruncate64);
  return fails(kind_of(fd)) ? -1 : real(fd, length);
}

static int sync_with(int (*real)(int), int fd) {
  int kind = kind_of(fd);
  if (fails(kind)) return -1;
  int64_t before = written;
  int result = real(fd);
  if (result == 0 && kind == 2 && shared() && before > control->synced) control->synced = before;
  return result;
}

int fdatasync(int fd) {
  REAL(fdatasync);
  return sync_with(real, fd);
}

int fsync(int fd) {
  REAL(fsync);
  return sync_with(real, fd);
}
