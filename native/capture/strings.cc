#include "strings.h"

namespace gapscope::capture {
namespace {
constexpr size_t kLongestText = 64 << 10;
}

StringTable::StringTable() { texts_.emplace_back(); }

uint32_t StringTable::intern(std::string_view text, std::string_view* stable) {
  if (text.size() > kLongestText) text = text.substr(0, kLongestText);
  std::lock_guard<std::mutex> lock(mutex_);
  uint32_t id = 0;
  if (!text.empty()) {
    const auto found = ids_.find(text);
    if (found != ids_.end()) {
      id = found->second;
    } else {
      id = static_cast<uint32_t>(texts_.size());
      texts_.emplace_back(text);
      ids_.emplace(texts_.back(), id);
    }
  }
  if (stable != nullptr) *stable = texts_[id];
  return id;
}

std::string_view StringTable::text(uint32_t id) {
  std::lock_guard<std::mutex> lock(mutex_);
  return id < texts_.size() ? std::string_view(texts_[id]) : std::string_view();
}

void StringTable::takePending(std::vector<Row>* rows) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (; firstPending_ < texts_.size(); ++firstPending_) rows->push_back({firstPending_, texts_[firstPending_]});
}

}  // namespace gapscope::capture
