#include "stack_trie.h"

namespace gapscope::capture {

uint32_t StackTrie::idOf(ThreadLog& log) {
  uint32_t parent = 0;
  for (ThreadLog::Frame& frame : log.stack) {
    if (frame.stackId == 0) {
      std::lock_guard<std::mutex> lock(mutex_);
      const uint64_t key = (static_cast<uint64_t>(parent) << 32) | frame.name;
      const auto [place, isNew] = children_.try_emplace(key, static_cast<uint32_t>(rows_.size() + 1));
      if (isNew) rows_.push_back({place->second, parent, frame.name, frame.domain});
      frame.stackId = place->second;
    }
    parent = frame.stackId;
  }
  return parent;
}

void StackTrie::takePending(std::vector<Row>* rows) {
  std::lock_guard<std::mutex> lock(mutex_);
  rows->insert(rows->end(), rows_.begin() + static_cast<ptrdiff_t>(firstPending_), rows_.end());
  firstPending_ = rows_.size();
}

std::vector<uint32_t> StackTrie::namesOf(uint32_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  std::vector<uint32_t> names;
  for (; id != 0; id = rows_[id - 1].parent) names.insert(names.begin(), rows_[id - 1].name);
  return names;
}

}  // namespace gapscope::capture
