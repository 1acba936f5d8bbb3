// Work for the "GPU", always the same, so that a test can say what must be in the trace.
#pragma once

#include <cstdint>

#include "../fake_cupti/fakecupti.h"

namespace harness {

// One call into CUDA, from its start to the end of this object. Stream and event may be FAKECUPTI_NONE.
class Call {
 public:
  Call(bool driver, uint32_t cbid, uint32_t correlation, uint32_t stream = FAKECUPTI_NONE,
       uint32_t event = FAKECUPTI_NONE, uint32_t result = 0);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  FakeCuptiCall call_{};
};

// One round: a kernel and its launch, now and then a copy, a set, a wait, an event, an overhead; and one call of a
// kind that the library must not ask for. Rounds are numbered within the process.
void oneRound();

// Rounds done so far.
uint64_t rounds();

uint32_t nextCorrelation();

// A captured graph: `nodes` made under the ranges open on this thread, cloned into an executable graph, replayed.
void graph(uint32_t nodes, uint32_t replays);

// Events recorded, recorded again, waited for in every way: test/native/calls.test.ts lists the outcome.
void events();

}  // namespace harness
