// Stacks of open ranges as a trie: a stack is one number, and stacks that share a beginning share its rows.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "thread_log.h"

namespace gapscope::capture {

class StackTrie {
 public:
  struct Row {
    uint32_t id, parent, name, domain;
  };

  // The id of what is open on `log`'s thread now; 0 for nothing. Called by that thread.
  uint32_t idOf(ThreadLog& log);
  void takePending(std::vector<Row>* rows);
  // Names of a stack's ranges, outermost first.
  std::vector<uint32_t> namesOf(uint32_t id);

 private:
  std::mutex mutex_;
  std::unordered_map<uint64_t, uint32_t> children_;  // (parent, name); domains do not tell stacks apart
  std::vector<Row> rows_;
  size_t firstPending_ = 0;
};

}  // namespace gapscope::capture
