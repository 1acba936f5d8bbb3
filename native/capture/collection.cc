#include "collection.h"

#include <limits>

#include "clock.h"

namespace gapscope::capture {
namespace {

constexpr int64_t kOpenEnd = std::numeric_limits<int64_t>::max();

}  // namespace

void Collection::want(bool on) {
  wanted_.store(on);
  if (ready_.load()) apply();
}

void Collection::ready() {
  ready_.store(true);
  apply();
}

void Collection::apply() {
  for (;;) {
    if (frozen_.load() || wanted_.load() == applied_.load()) return;
    if (applying_.exchange(true)) return;  // whoever is at it looks again when done
    const bool on = wanted_.load();
    if (on != applied_.load() && !frozen_.load()) {
      if (on) {
        enable();
      } else {
        disable();
      }
      applied_.store(on);
    }
    applying_.store(false);
  }
}

void Collection::setKinds(bool on) {
  const auto asked = [&](const char* experiment) { return settings_.inExperiment(experiment); };
  // Copies and sets always together with kernels: in graphs that hold all three, CUPTI 13.0 loses kernel records
  // otherwise (docs/capture.md).
  if (!asked("no-memory")) {
    setKind(CUPTI_ACTIVITY_KIND_MEMCPY, on);
    setKind(CUPTI_ACTIVITY_KIND_MEMCPY2, on);
    setKind(CUPTI_ACTIVITY_KIND_MEMSET, on);
  }
  if (!asked("no-kernels")) setKind(CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL, on);
  if (settings_.wholeGraphs) setKind(CUPTI_ACTIVITY_KIND_GRAPH_TRACE, on);
  if (!asked("no-overhead")) setKind(CUPTI_ACTIVITY_KIND_OVERHEAD, on);
  if (!asked("no-calls")) calls_.listen(on);
  if (asked("call-records")) setKind(CUPTI_ACTIVITY_KIND_RUNTIME, on);
  if (asked("sync-records")) setKind(CUPTI_ACTIVITY_KIND_SYNCHRONIZATION, on);
  if (asked("event-records")) setKind(CUPTI_ACTIVITY_KIND_CUDA_EVENT, on);
  if (asked("markers")) setKind(CUPTI_ACTIVITY_KIND_MARKER, on);
}

void Collection::enable() {
  setKinds(true);
  std::lock_guard<std::mutex> lock(mutex_);
  intervals_.push_back({nowNs(), kOpenEnd});
}

void Collection::disable() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!intervals_.empty()) intervals_.back().endNs = nowNs();
  }
  setKinds(false);
}

void Collection::setKind(CUpti_ActivityKind kind, bool on) {
  const CUptiResult result = on ? cupti_.cuptiActivityEnable(kind) : cupti_.cuptiActivityDisable(kind);
  if (result == CUPTI_SUCCESS || !on) return;
  std::lock_guard<std::mutex> lock(mutex_);
  problems_ += "activity kind " + std::to_string(kind) + ": " + cupti_.text(result) + "\n";
}

bool Collection::overlaps(int64_t startNs, int64_t endNs) {
  // Without CUPTI nothing is collected but ranges, and then they are all there is to see.
  if (!ready_.load()) return settings_.start == StartMode::kAll || wanted_.load();
  std::lock_guard<std::mutex> lock(mutex_);
  for (const Interval& interval : intervals_) {
    if (startNs < interval.endNs && endNs >= interval.startNs) return true;
  }
  return false;
}

std::string Collection::problems() {
  std::lock_guard<std::mutex> lock(mutex_);
  return problems_;
}

}  // namespace gapscope::capture
