// What CUPTI tells of CUDA graphs while they are made, on the thread that makes them.
#pragma once

#include <cstdint>

namespace gapscope::capture {

enum class GraphEventType : uint8_t { kNodeCreated, kNodeCloned, kExecCreated, kExecDestroyed };

struct GraphEvent {
  int64_t timeNs = 0;
  uint64_t node = 0;
  uint64_t original = 0;
  uint32_t graph = 0;
  uint32_t originalGraph = 0;
  uint32_t exec = 0;
  uint32_t thread = 0;
  uint32_t stack = 0;  // StackTrie id of the ranges open on the thread
  uint8_t nodeType = 0;
  GraphEventType type = GraphEventType::kNodeCreated;
};

}  // namespace gapscope::capture
