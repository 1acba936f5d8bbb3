// What the outside world calls: the CUDA driver while it starts, and Node's addon.
#include <string>

#include "session.h"

#define GAPSCOPE_EXPORT extern "C" __attribute__((visibility("default")))

using gapscope::capture::Session;

// The CUDA driver loads the library named by CUDA_INJECTION64_PATH in cuInit and calls this. 1: all is well; even
// when capture cannot run the program must.
GAPSCOPE_EXPORT int InitializeInjection(void) {
  try {
    Session* session = gapscope::capture::session();
    if (session != nullptr) session->startCupti();
  } catch (...) {
  }
  return 1;
}

// Begins a recording into `outDir`; 0 success, 1 one is running already or none can, 2 CUPTI is not to be had
// (ranges are recorded all the same; `gapscope_status` says why).
GAPSCOPE_EXPORT int gapscope_start(const char* outDir) {
  try {
    if (gapscope::capture::existingSession() != nullptr) return 1;
    if (gapscope::capture::restartSession(outDir)) return 0;
    return gapscope::capture::existingSession() != nullptr ? 2 : 1;
  } catch (...) {
    return 1;
  }
}

// Ends the recording and writes everything; 0 success, 1 there was none.
GAPSCOPE_EXPORT int gapscope_stop(void) {
  try {
    if (gapscope::capture::existingSession() == nullptr) return 1;
    gapscope::capture::endSession();
    return 0;
  } catch (...) {
    return 1;
  }
}

// The `status` rows so far as a JSON object; "{}" without a recording. Valid until this thread calls it again.
GAPSCOPE_EXPORT const char* gapscope_status(void) {
  static thread_local std::string text;
  try {
    Session* session = gapscope::capture::existingSession();
    text = session == nullptr ? "{}" : session->statusJson();
    return text.c_str();
  } catch (...) {
    return "{}";
  }
}
