// Builds one flatbuffer from its end towards its start, as the format asks: what is referred to is written first.
// Only what Arrow's Message.fbs and Schema.fbs need. Tables keep their own vtable: a message has a few dozen tables at
// most, sharing would save bytes in the schema message only.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace gapscope::arrow {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "flatbuffers and Arrow bodies are little-endian here");

class FlatBufferBuilder {
 public:
  // Distance of an object from the end of the buffer: stable while the buffer grows at its front.
  using Offset = uint32_t;

  void clear() { size_ = 0; }
  const uint8_t* data() const { return buffer_.data() + buffer_.size() - size_; }
  size_t size() const { return size_; }

  Offset string(std::string_view text) {
    align(4, text.size() + 1);
    pushByte(0);
    pushBytes(text.data(), text.size());
    return push(static_cast<uint32_t>(text.size()));
  }

  Offset vectorOfOffsets(const std::vector<Offset>& items) {
    align(4, items.size() * 4);
    for (size_t i = items.size(); i-- > 0;) pushOffset(items[i]);
    return push(static_cast<uint32_t>(items.size()));
  }

  // A vector of structs of two int64: Arrow's FieldNode {length, nulls} and Buffer {offset, length}.
  struct Pair {
    int64_t first;
    int64_t second;
  };
  Offset vectorOfPairs(const std::vector<Pair>& items) {
    align(8, items.size() * sizeof(Pair));
    align(4, items.size() * sizeof(Pair));
    pushBytes(items.data(), items.size() * sizeof(Pair));
    return push(static_cast<uint32_t>(items.size()));
  }

  void startTable() {
    tableStart_ = size_;
    for (Offset& slot : slots_) slot = 0;
  }
  template <class T>
  void scalar(size_t slot, T value) {
    slots_[slot] = push(value);
  }
  void offset(size_t slot, Offset target) {
    align(4, 0);
    pushOffset(target);
    slots_[slot] = static_cast<Offset>(size_);
  }
  Offset endTable() {
    const Offset table = push(int32_t{0});  // patched below, once the vtable's place is known
    size_t count = kMaxSlots;
    while (count > 0 && slots_[count - 1] == 0) --count;
    for (size_t i = count; i-- > 0;) push(static_cast<uint16_t>(slots_[i] == 0 ? 0 : table - slots_[i]));
    push(static_cast<uint16_t>(table - tableStart_));
    const Offset vtable = push(static_cast<uint16_t>((count + 2) * sizeof(uint16_t)));
    const auto distance = static_cast<int32_t>(vtable - table);
    std::memcpy(buffer_.data() + buffer_.size() - table, &distance, sizeof(distance));
    return table;
  }

  // Ends the buffer; its size becomes a multiple of 8, which puts every 8-byte value on an 8-byte boundary.
  void finish(Offset root) {
    align(8, sizeof(uint32_t));
    pushOffset(root);
  }

 private:
  static constexpr size_t kMaxSlots = 8;

  // Pads so that, after `following` more bytes, the front is aligned.
  void align(size_t alignment, size_t following) {
    const size_t padding = (alignment - (size_ + following) % alignment) % alignment;
    for (size_t i = 0; i < padding; ++i) pushByte(0);
  }
  template <class T>
  Offset push(T value) {
    align(sizeof(T), sizeof(T));
    pushBytes(&value, sizeof(T));
    return static_cast<Offset>(size_);
  }
  // Stored offsets are relative to where they stand.
  void pushOffset(Offset target) {
    const auto distance = static_cast<uint32_t>(size_ + sizeof(uint32_t) - target);
    pushBytes(&distance, sizeof(distance));
  }
  void pushByte(uint8_t value) { pushBytes(&value, 1); }
  void pushBytes(const void* bytes, size_t count) {
    if (buffer_.size() - size_ < count) grow(count);
    size_ += count;
    if (count > 0) std::memcpy(buffer_.data() + buffer_.size() - size_, bytes, count);
  }
  void grow(size_t count) {
    std::vector<uint8_t> larger((buffer_.size() + count) * 2 + 512);
    if (size_ > 0) std::memcpy(larger.data() + larger.size() - size_, data(), size_);
    buffer_.swap(larger);
  }

  std::vector<uint8_t> buffer_;
  size_t size_ = 0;
  size_t tableStart_ = 0;
  Offset slots_[kMaxSlots] = {};
};

}  // namespace gapscope::arrow
