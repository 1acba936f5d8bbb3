// Work for the "GPU", always the same, so that a test can say what must be in the trace.
#pragma once

#include <cstdint>

namespace harness {

// One round: a kernel and its launch, now and then a copy, a set, a wait, an event, an overhead; and one call of a
// kind that the library must not ask for. Rounds are numbered within the process.
void oneRound();

// Rounds done so far.
uint64_t rounds();

// A captured graph: `nodes` made under the ranges open on this thread, cloned into an executable graph, replayed.
void graph(uint32_t nodes, uint32_t replays);

}  // namespace harness
