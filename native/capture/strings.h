// Text → id, for the whole process. An id is handed out once and its text never moves.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gapscope::capture {

// Fast, not secure; ranges are short texts seen again and again.
inline uint64_t hashText(const char* text, size_t length) {
  uint64_t hash = 0x9e3779b97f4a7c15ull ^ length;
  while (length >= 8) {
    uint64_t word;
    __builtin_memcpy(&word, text, 8);
    hash = (hash ^ word) * 0xff51afd7ed558ccdull;
    hash ^= hash >> 32;
    text += 8;
    length -= 8;
  }
  uint64_t tail = 0;
  __builtin_memcpy(&tail, text, length);
  hash = (hash ^ tail) * 0xc4ceb9fe1a85ec53ull;
  return hash ^ (hash >> 29);
}

class StringTable {
 public:
  struct Row {
    uint32_t id;
    std::string_view text;
  };

  StringTable();
  // 0 is the empty string. Longer than 64 KiB: cut, since a name is for people.
  uint32_t intern(std::string_view text, std::string_view* stable = nullptr);
  std::string_view text(uint32_t id);
  // Rows interned since the last call, oldest first.
  void takePending(std::vector<Row>* rows);

 private:
  std::mutex mutex_;
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, uint32_t> ids_;
  uint32_t firstPending_ = 1;
};

// One thread's memory of ids it has asked for: no lock, no allocation when a name is seen again.
class StringCache {
 public:
  uint32_t lookup(StringTable& table, const char* text, size_t length) {
    if (length == 0) return 0;
    const uint64_t hash = hashText(text, length);
    Entry& entry = entries_[hash % kEntries];
    if (entry.hash == hash && entry.text.size() == length && __builtin_memcmp(entry.text.data(), text, length) == 0) {
      return entry.id;
    }
    entry.id = table.intern(std::string_view(text, length), &entry.text);
    // A text that was cut is not the one asked for, so it must miss the next time too.
    entry.hash = entry.text.size() == length ? hash : 0;
    return entry.id;
  }

 private:
  static constexpr size_t kEntries = 512;
  struct Entry {
    uint64_t hash = 0;
    std::string_view text;
    uint32_t id = 0;
  };
  Entry entries_[kEntries];
};

}  // namespace gapscope::capture
