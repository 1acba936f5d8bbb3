// What the environment asks of the capture library. `gapscope capture` sets these; so may a user.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gapscope::capture {

enum class StartMode {
  kAll,          // from the first moment
  kProfilerApi,  // between cudaProfilerStart and cudaProfilerStop
  kRange,        // while a range matching `range` is open on any thread
};

// Which of CUDA's two interfaces is listened to. Every runtime call that launches, moves, allocates or waits comes by
// as a driver call too, so the driver's are enough; with both, the runtime's names and its own share of the time show.
enum class ApiDomain { kDriver, kBoth };

struct Settings {
  std::string outDir = "gapscope";  // GAPSCOPE_OUT
  std::string libcupti;             // GAPSCOPE_LIBCUPTI: empty searches
  std::string dumpFile;             // GAPSCOPE_DUMP: raw buffers for test fixtures
  std::string range;                // GAPSCOPE_RANGE: a glob
  StartMode start = StartMode::kAll;
  int64_t delayNs = 0;                 // GAPSCOPE_DELAY_MS: collect nothing before
  int64_t durationNs = 0;              // GAPSCOPE_DURATION_MS: 0 no end
  int64_t flushNs = 500'000'000;       // GAPSCOPE_FLUSH_MS: at most this much is lost to a SIGKILL
  ApiDomain api = ApiDomain::kDriver;  // GAPSCOPE_API
  bool wholeGraphs = false;            // GAPSCOPE_GRAPHS=whole: one op a replay instead of one a node
  size_t bufferBytes = 4 << 20;        // GAPSCOPE_BUFFER_BYTES: CUPTI recommends 1 to 10 MB
  size_t buffers = 16;                 // GAPSCOPE_BUFFERS: made, zeroed and touched beforehand
  size_t maxBuffers = 512;             // GAPSCOPE_MAX_BUFFERS: beyond it CUPTI drops records, and counts them
  bool zeroedBuffers = true;           // GAPSCOPE_ZEROED=0: let CUPTI clear buffers on the application's thread
  uint32_t devicePoolLimit = 0;        // GAPSCOPE_DEVICE_POOL_LIMIT: CUPTI's default where 0
  std::string experiment;              // GAPSCOPE_EXPERIMENT: see `inExperiment`

  // Experiments with what CUPTI costs, not for use: a comma list of `no-memory`, `no-kernels`, `no-overhead`,
  // `no-calls`, and of CUPTI's own records where we use callbacks: `call-records`, `sync-records`, `event-records`,
  // `markers`.
  bool inExperiment(const char* name) const {
    return ("," + experiment + ",").find(std::string(",") + name + ",") != std::string::npos;
  }
};

Settings settingsFromEnvironment();

}  // namespace gapscope::capture
