// The clocks of this machine, read at the same instant. CUPTI's timestamps are CLOCK_REALTIME nanoseconds.
#pragma once

#include <time.h>

#include <cstdint>

namespace gapscope::capture {

inline int64_t readClock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

inline int64_t nowNs() { return readClock(CLOCK_REALTIME); }

struct ClockAnchor {
  int64_t realtimeNs, monotonicNs, monotonicRawNs, tsc, bracketNs;
};

// Best of several tries: the one whose first and last reading lie closest together.
ClockAnchor readAnchor();

}  // namespace gapscope::capture
