#include "range_recorder.h"

#include <cstdint>
#include <utility>

namespace gapscope::capture {

RangeRecorder::RangeRecorder(TraceWriter& writer, RecordDecoder& decoder, std::function<bool(int64_t, int64_t)> wanted)
    : writer_(writer), decoder_(decoder), wanted_(std::move(wanted)) {}

void RangeRecorder::write(const Open& range, int64_t durationNs) {
  decoder_.seeThread(range.thread);
  writer_.append(kRanges, range.startNs, durationNs, range.id, range.name, range.domain, range.thread, range.kind,
                 range.depth, range.parent);
}

void RangeRecorder::close(const Open& range, int64_t endNs) {
  if (range.written || wanted_(range.startNs, endNs)) write(range, endNs - range.startNs);
}

void RangeRecorder::drain(ThreadLog& log) {
  std::vector<Open>& stack = stacks_[&log];
  RangeEvent event;
  while (log.ranges.next(&event)) {
    switch (event.type) {
      case RangeEventType::kPush: {
        const uint32_t parent = stack.empty() ? 0 : stack.back().id;
        stack.push_back({event.timeNs, nextId(), event.name, event.domain, log.thread, parent,
                         static_cast<uint16_t>(stack.size()), RangeKind::kPushPop, false});
        break;
      }
      case RangeEventType::kPop: {
        // Each domain pops its own latest range; another domain's may lie above it.
        for (size_t i = stack.size(); i-- > 0;) {
          if (stack[i].domain != event.domain) continue;
          close(stack[i], event.timeNs);
          stack.erase(stack.begin() + static_cast<ptrdiff_t>(i));
          break;
        }
        break;
      }
      case RangeEventType::kMark:
        close({event.timeNs, nextId(), event.name, event.domain, log.thread, stack.empty() ? 0 : stack.back().id,
               static_cast<uint16_t>(stack.size()), RangeKind::kMark, false},
              event.timeNs);
        break;
      case RangeEventType::kStart: {
        const Open range{event.timeNs,         nextId(), event.name, event.domain, log.thread, 0, 0,
                         RangeKind::kStartEnd, false};
        const auto early = earlyEnds_.find(event.rangeId);
        if (early == earlyEnds_.end()) {
          started_.emplace(event.rangeId, range);
        } else {
          close(range, early->second);
          earlyEnds_.erase(early);
        }
        break;
      }
      case RangeEventType::kEnd: {
        const auto found = started_.find(event.rangeId);
        if (found == started_.end()) {
          earlyEnds_[event.rangeId] = event.timeNs;
        } else {
          close(found->second, event.timeNs);
          started_.erase(found);
        }
        break;
      }
    }
  }
}

void RangeRecorder::writeOpen(int64_t openedBefore) {
  const auto tell = [&](Open& range) {
    if (range.written || range.startNs >= openedBefore || !wanted_(range.startNs, INT64_MAX)) return;
    write(range, -1);
    range.written = true;
  };
  for (auto& [log, stack] : stacks_) {
    for (Open& range : stack) tell(range);
  }
  for (auto& [id, range] : started_) tell(range);
}

void RangeRecorder::forget(const ThreadLog& log) {
  const auto found = stacks_.find(&log);
  if (found == stacks_.end()) return;
  // A thread that ended with ranges open: they stay in the trace as never closed.
  for (Open& range : found->second) {
    if (!range.written && wanted_(range.startNs, INT64_MAX)) write(range, -1);
  }
  stacks_.erase(found);
}

}  // namespace gapscope::capture
