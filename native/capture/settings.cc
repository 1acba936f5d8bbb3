#include "settings.h"

#include <cstdlib>
#include <cstring>

namespace gapscope::capture {
namespace {

std::string text(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// A value that is not a number leaves the default: a profiled program must not die of a typing error.
int64_t number(const char* name, int64_t fallback) {
  const char* value = getenv(name);
  if (value == nullptr || *value == '\0') return fallback;
  char* end = nullptr;
  const long long parsed = strtoll(value, &end, 10);
  return *end == '\0' && parsed >= 0 ? parsed : fallback;
}

constexpr int64_t kNsPerMs = 1'000'000;

}  // namespace

Settings settingsFromEnvironment() {
  Settings settings;
  if (!text("GAPSCOPE_OUT").empty()) settings.outDir = text("GAPSCOPE_OUT");
  settings.libcupti = text("GAPSCOPE_LIBCUPTI");
  settings.dumpFile = text("GAPSCOPE_DUMP");
  settings.range = text("GAPSCOPE_RANGE");
  if (!settings.range.empty()) settings.start = StartMode::kRange;
  if (number("GAPSCOPE_PROFILER_API", 0) != 0) settings.start = StartMode::kProfilerApi;
  settings.delayNs = number("GAPSCOPE_DELAY_MS", 0) * kNsPerMs;
  settings.durationNs = number("GAPSCOPE_DURATION_MS", 0) * kNsPerMs;
  settings.flushNs = number("GAPSCOPE_FLUSH_MS", settings.flushNs / kNsPerMs) * kNsPerMs;
  const std::string api = text("GAPSCOPE_API");
  if (api == "both") settings.api = ApiDomain::kBoth;
  settings.wholeGraphs = text("GAPSCOPE_GRAPHS") == "whole";
  settings.bufferBytes = static_cast<size_t>(number("GAPSCOPE_BUFFER_BYTES", 4 << 20));
  if (settings.bufferBytes < 4096) settings.bufferBytes = 4096;
  settings.bufferBytes &= ~static_cast<size_t>(7);
  settings.buffers = static_cast<size_t>(number("GAPSCOPE_BUFFERS", 16));
  settings.maxBuffers = static_cast<size_t>(number("GAPSCOPE_MAX_BUFFERS", 512));
  settings.zeroedBuffers = number("GAPSCOPE_ZEROED", 1) != 0;
  settings.devicePoolLimit = static_cast<uint32_t>(number("GAPSCOPE_DEVICE_POOL_LIMIT", 0));
  settings.experiment = text("GAPSCOPE_EXPERIMENT");
  return settings;
}

}  // namespace gapscope::capture
