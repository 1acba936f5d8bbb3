// The CUPTI entry points we use, found at run time: the profiled process decides which libcupti there is, and
// there must be exactly one of them in a process, so we never link it.
#pragma once

#include <cupti.h>

#include <string>
#include <vector>

namespace gapscope::capture {

// Without these there is nothing to capture with.
#define GAPSCOPE_CUPTI_REQUIRED(X)  \
  X(cuptiGetVersion)                \
  X(cuptiGetResultString)           \
  X(cuptiSetThreadIdType)           \
  X(cuptiSubscribe)                 \
  X(cuptiEnableCallback)            \
  X(cuptiGetCallbackName)           \
  X(cuptiActivityRegisterCallbacks) \
  X(cuptiActivityEnable)            \
  X(cuptiActivityDisable)           \
  X(cuptiActivitySetAttribute)      \
  X(cuptiActivityFlushAll)          \
  X(cuptiActivityGetNextRecord)     \
  X(cuptiActivityGetNumDroppedRecords)

// Absent from older versions; each use has a fallback.
#define GAPSCOPE_CUPTI_OPTIONAL(X) \
  X(cuptiSubscribe_v2)             \
  X(cuptiGetStreamIdEx)            \
  X(cuptiGetGraphNodeId)           \
  X(cuptiGetGraphId)               \
  X(cuptiGetGraphExecId)

struct CuptiApi {
#define X(name) decltype(&::name) name = nullptr;
  GAPSCOPE_CUPTI_REQUIRED(X)
  GAPSCOPE_CUPTI_OPTIONAL(X)
#undef X

  std::string path;
  uint32_t version = 0;  // 12.x: a small integer (26 is 12.8); 13 and later: major*10000 + minor*100 + patch
  CUpti_SubscriberHandle subscriber = nullptr;
  std::string error;  // why it could not be loaded: one sentence

  // `overridePath` empty: search. Returns false and sets `error` when no usable library is found.
  bool load(const std::string& overridePath);
  const char* text(CUptiResult result) const;

 private:
  void* open(const std::string& overridePath);
};

// The files that would be tried, best first, beyond what the process has loaded already (for error messages).
std::vector<std::string> cuptiCandidates();

}  // namespace gapscope::capture
