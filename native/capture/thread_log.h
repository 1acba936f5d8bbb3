// What one thread of the program said through NVTX: a queue that thread fills and the service thread empties,
// without a lock, and the stack of ranges open right now (which graph capture looks at).
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

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

class ThreadLog {
 public:
  // One range open on this thread. `stackId` is filled when somebody asks for it.
  struct Frame {
    uint32_t name;
    uint32_t domain;
    uint32_t stackId;
  };

  explicit ThreadLog(uint32_t thread);
  ~ThreadLog();
  ThreadLog(const ThreadLog&) = delete;
  ThreadLog& operator=(const ThreadLog&) = delete;

  // Owner thread only. Never waits; takes more memory when the reader is late, so that nothing is lost.
  void add(const RangeEvent& event);

  // Service thread only: the next event, or false.
  bool next(RangeEvent* event);

  const uint32_t thread;
  std::vector<Frame> stack;  // owner thread only
  StringCache names;         // owner thread only
  std::atomic<bool> threadEnded{false};

 private:
  static constexpr uint32_t kChunkEvents = 2040;  // with the head, just under 64 KiB
  struct Chunk {
    std::atomic<uint32_t> filled{0};
    std::atomic<Chunk*> next{nullptr};
    RangeEvent events[kChunkEvents];
  };
  Chunk* tail_;        // owner
  Chunk* head_;        // service thread
  uint32_t read_ = 0;  // service thread
};

}  // namespace gapscope::capture
