// NVTX events of all threads → rows of `ranges`. Service thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "record_decoder.h"
#include "thread_log.h"
#include "trace_writer.h"

namespace gapscope::capture {

class RangeRecorder {
 public:
  // `wanted(start, end)`: was anything collected during this range?
  RangeRecorder(TraceWriter& writer, RecordDecoder& decoder, std::function<bool(int64_t, int64_t)> wanted);

  void drain(ThreadLog& log);
  // Ranges open since before `openedBefore` and not yet told of get a row without an end, so that a killed
  // process still shows what it was doing.
  void writeOpen(int64_t openedBefore);
  void forget(const ThreadLog& log);

 private:
  struct Open {
    int64_t startNs;
    uint32_t id;
    uint32_t name;
    uint32_t domain;
    uint32_t thread;
    uint32_t parent;
    uint16_t depth;
    RangeKind kind;
    bool written;
  };
  void write(const Open& range, int64_t durationNs);
  void close(const Open& range, int64_t endNs);
  uint32_t nextId() { return ++lastId_; }

  TraceWriter& writer_;
  RecordDecoder& decoder_;
  std::function<bool(int64_t, int64_t)> wanted_;
  std::unordered_map<const ThreadLog*, std::vector<Open>> stacks_;
  std::unordered_map<uint64_t, Open> started_;       // start/end ranges by NVTX's id
  std::unordered_map<uint64_t, int64_t> earlyEnds_;  // ended on a thread whose queue was read before the starter's
  uint32_t lastId_ = 0;
};

}  // namespace gapscope::capture
