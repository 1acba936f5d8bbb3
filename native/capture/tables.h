// The tables of a trace, as `docs/trace-format.md` describes them and `src/trace/schema.ts` reads them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../arrow/stream_writer.h"

namespace gapscope::capture {

constexpr int kTraceVersion = 1;

// The order is the order of writing: what is referred to comes before what refers to it.
enum Table : size_t {
  kStrings,
  kStatus,
  kDevices,
  kThreads,
  kShapes,
  kRangeStacks,
  kGraphExecs,
  kGraphNodes,
  kCalls,
  kSyncs,
  kEvents,
  kOverheads,
  kRanges,
  kOps,
  kClock,
  kTableCount,
};
constexpr Table kLastReferred = kRangeStacks;

struct TableSchema {
  const char* name;
  std::vector<arrow::Field> fields;
};

const std::vector<TableSchema>& tableSchemas();

enum class OpKind : uint8_t { kKernel = 0, kMemcpy = 1, kMemset = 2, kGraph = 3 };
enum class RangeKind : uint8_t { kPushPop = 0, kStartEnd = 1, kMark = 2 };
enum class SyncKind : uint8_t { kEvent = 1, kStreamWaitsEvent = 2, kStream = 3, kContext = 4 };
enum class OverheadKind : uint8_t {
  kUnknown = 0,
  kDriverCompiler = 1,
  kProfilerFlush = 2,
  kProfilerInstrumentation = 3,
  kProfilerResource = 4,
  kModuleLoading = 5,
  kLazyFunctionLoading = 6,
  kCommandBufferFull = 7,
  kProfilerBufferRequest = 8,
  kUnifiedMemory = 9,
};

}  // namespace gapscope::capture
