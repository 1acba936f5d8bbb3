#include "standing.h"

#include <dlfcn.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>

namespace harness {
namespace {

void* open(const char* variable) {
  const char* path = getenv(variable);
  void* handle = path == nullptr ? nullptr : dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    fprintf(stderr, "harness: %s: %s\n", variable, path == nullptr ? "not set" : dlerror());
    exit(2);
  }
  return handle;
}

template <class Function>
void find(void* handle, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(handle, name));
  if (*function == nullptr) {
    fprintf(stderr, "harness: no %s\n", name);
    exit(2);
  }
}

Library loadLibrary() {
  Library made;
  void* handle = open("GAPSCOPE_LIBRARY");
  find(handle, "InitializeInjection", &made.initialize);
  find(handle, "gapscope_start", &made.start);
  find(handle, "gapscope_stop", &made.stop);
  find(handle, "gapscope_status", &made.status);
  return made;
}

Fake loadFake() {
  Fake made;
  void* handle = open("GAPSCOPE_LIBCUPTI");
#define X(name) find(handle, "fakecupti_" #name, &made.name);
  FAKECUPTI_FUNCTIONS(X)
#undef X
  return made;
}

}  // namespace

const Library& library() {
  static const Library loaded = loadLibrary();
  return loaded;
}

const Fake& fake() {
  static const Fake loaded = loadFake();
  return loaded;
}

int64_t nowNs() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace harness
