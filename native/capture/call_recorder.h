// Calls into CUDA, told by CUPTI's callbacks on the thread that makes them.
//
// Why not CUPTI's own call records: on CUPTI 13.0 their kind, and those of synchronisation and events, make every
// launch about a microsecond slower, whether or not the launch itself is recorded (docs/benchmarks.md); two callbacks
// and two clock readings cost a fraction of that.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "call_list.h"
#include "cupti_api.h"  // and with it the parameters of every call
#include "settings.h"
#include "thread_log.h"

namespace gapscope::capture {

class CallRecorder {
 public:
  CallRecorder(const CuptiApi& cupti, const Settings& settings) : cupti_(cupti), settings_(settings) {}

  // Switches the callbacks of all listed calls on or off.
  void listen(bool on);
  // One callback, at a call's start or end. `log` is the calling thread's.
  void onCallback(ThreadLog& log, bool isDriver, CUpti_CallbackId id, const CUpti_CallbackData& call);

 private:
  struct Kind {
    CallMeaning meaning = CallMeaning::kPlain;
    bool threadDefaultStream = false;
  };
  void find();
  Kind kindOf(bool isDriver, CUpti_CallbackId id) const;
  void describe(CallEvent* event, Kind kind, const CUpti_CallbackData& call, const ThreadLog& log);
  EventRecording recordingOf(CUevent event, bool isNew);
  uint32_t streamId(CUcontext context, CUstream stream, bool threadDefault) const;

  const CuptiApi& cupti_;
  const Settings& settings_;
  std::vector<CUpti_CallbackId> driver_;
  std::vector<CUpti_CallbackId> runtime_;
  std::vector<Kind> driverKinds_;  // by callback id
  // Set once all of these are there: callbacks may still be on from a session before this one.
  std::atomic<bool> found_{false};

  // CUDA reuses an event as often as it likes: each recording gets a number, and a wait is for the latest.
  std::mutex mutex_;  // guards what follows; never held while calling CUPTI
  std::unordered_map<CUevent, EventRecording> recordings_;
  uint32_t lastSyncId_ = 0;
};

}  // namespace gapscope::capture
