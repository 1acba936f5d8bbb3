// Whether records are being collected right now, and when they were.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "call_recorder.h"
#include "cupti_api.h"
#include "settings.h"

namespace gapscope::capture {

class Collection {
 public:
  Collection(const CuptiApi& cupti, const Settings& settings, CallRecorder& calls)
      : cupti_(cupti), settings_(settings), calls_(calls) {}

  // May be called from any thread, also from within a CUPTI callback or an NVTX handler. Two callers never wait
  // for each other: the one that came second leaves its wish behind, and the first carries it out. (A lock here
  // would be held while CUPTI is called, and CUPTI holds locks of its own while it calls us.)
  void want(bool on);
  // Before CUPTI is there a wish is only noted; from here on it is carried out.
  void ready();
  // No more changes: the process is ending.
  void freeze() { frozen_.store(true); }

  bool isOn() const { return applied_.load(); }
  // Did [start, end) see any collecting?
  bool overlaps(int64_t startNs, int64_t endNs);
  // What could not be enabled, one a line.
  std::string problems();

 private:
  struct Interval {
    int64_t startNs, endNs;
  };
  void apply();
  void enable();
  void disable();
  void setKinds(bool on);
  void setKind(CUpti_ActivityKind kind, bool on);

  const CuptiApi& cupti_;
  const Settings& settings_;
  CallRecorder& calls_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> frozen_{false};
  std::atomic<bool> wanted_{false};
  std::atomic<bool> applied_{false};
  std::atomic<bool> applying_{false};
  std::mutex mutex_;  // guards what follows; never held while calling CUPTI
  std::vector<Interval> intervals_;
  std::string problems_;
};

}  // namespace gapscope::capture
