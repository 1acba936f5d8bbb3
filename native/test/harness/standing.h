// What the harness drives: the capture library, loaded as the CUDA driver would, and the fake libcupti behind it.
#pragma once

#include <cstdint>

#include "../fake_cupti/fakecupti.h"

namespace harness {

struct Library {
  int (*initialize)() = nullptr;
  int (*start)(const char*) = nullptr;
  int (*stop)() = nullptr;
  const char* (*status)() = nullptr;
};

struct Fake {
#define FAKECUPTI_FUNCTIONS(X) \
  X(emit_kernel)               \
  X(emit_memcpy)               \
  X(emit_peer_copy)            \
  X(emit_memset)               \
  X(emit_graph)                \
  X(emit_overhead)             \
  X(emit_device)               \
  X(graph_event)               \
  X(enter)                     \
  X(exit)                      \
  X(replay)                    \
  X(steal_buffers)             \
  X(kind_enabled)              \
  X(calls_enabled)             \
  X(count)
#define X(name) decltype(&::fakecupti_##name) name = nullptr;
  FAKECUPTI_FUNCTIONS(X)
#undef X
};

// Loads what GAPSCOPE_LIBRARY and GAPSCOPE_LIBCUPTI name; ends the program where that fails.
const Library& library();
const Fake& fake();

int64_t nowNs();

}  // namespace harness
