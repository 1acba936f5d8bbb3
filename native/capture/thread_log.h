// What one thread of the program did, as told by NVTX and by CUPTI's callbacks: queues that the thread fills and the
// service thread empties, and the stack of ranges open right now (which graph capture looks at).
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "call_list.h"
#include "event_queue.h"
#include "strings.h"

namespace gapscope::capture {

enum class RangeEventType : uint8_t { kPush, kPop, kStart, kEnd, kMark };

struct RangeEvent {
  int64_t timeNs;
  uint64_t rangeId;  // start/end only: NVTX's own id
  uint32_t name;
  uint32_t domain;
  RangeEventType type;
};

// One call into CUDA that has returned. What follows `meaning` is there only for calls that order streams or wait.
struct CallEvent {
  int64_t startNs;
  int64_t endNs;
  uint32_t correlation;
  uint32_t callbackId;
  uint16_t result;
  bool isDriver;
  CallMeaning meaning;
  uint32_t context;
  uint32_t stream;
  uint32_t event;
  uint32_t syncId;
};

// Which recording of which event: CUDA reuses an event as often as it likes.
struct EventRecording {
  uint32_t event = 0xffffffffu;
  uint32_t syncId = 0;
};

struct ThreadLog {
  // One range open on this thread. `stackId` is filled when somebody asks for it.
  struct Frame {
    uint32_t name;
    uint32_t domain;
    uint32_t stackId;
  };

  explicit ThreadLog(uint32_t threadId) : thread(threadId) { stack.reserve(32); }

  const uint32_t thread;
  EventQueue<RangeEvent> ranges;
  EventQueue<CallEvent> calls;
  std::vector<Frame> stack;  // owner thread only
  StringCache names;         // owner thread only
  EventRecording waitedFor;  // owner thread only: what its cuEventSynchronize began to wait for
  std::atomic<bool> threadEnded{false};
};

}  // namespace gapscope::capture
