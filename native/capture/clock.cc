#include "clock.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace gapscope::capture {
namespace {

int64_t readTsc() {
#if defined(__x86_64__)
  return static_cast<int64_t>(__rdtsc());
#elif defined(__aarch64__)
  int64_t ticks;
  asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
  return 0;
#endif
}

}  // namespace

ClockAnchor readAnchor() {
  ClockAnchor best{};
  for (int i = 0; i < 16; ++i) {
    ClockAnchor anchor{};
    const int64_t before = readClock(CLOCK_REALTIME);
    anchor.tsc = readTsc();
    anchor.monotonicNs = readClock(CLOCK_MONOTONIC);
    anchor.monotonicRawNs = readClock(CLOCK_MONOTONIC_RAW);
    const int64_t after = readClock(CLOCK_REALTIME);
    anchor.bracketNs = after - before;
    anchor.realtimeNs = before + anchor.bracketNs / 2;
    if (i == 0 || anchor.bracketNs < best.bracketNs) best = anchor;
  }
  return best;
}

}  // namespace gapscope::capture
