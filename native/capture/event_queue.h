// A queue between one thread that writes and one that reads, without a lock. It takes more memory when the reader is
// late, so that the writer never waits and nothing is lost.
#pragma once

#include <atomic>
#include <cstdint>

namespace gapscope::capture {

template <class Event>
class EventQueue {
 public:
  EventQueue() : tail_(new Chunk), head_(tail_) {}
  ~EventQueue() {
    while (head_ != nullptr) {
      Chunk* next = head_->next.load(std::memory_order_acquire);
      delete head_;
      head_ = next;
    }
  }
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  // Writing thread only.
  void add(const Event& event) {
    uint32_t filled = tail_->filled.load(std::memory_order_relaxed);
    if (filled == kChunkEvents) {
      Chunk* chunk = new Chunk;
      // After this store the reader may free the old chunk, so it is not touched again.
      tail_->next.store(chunk, std::memory_order_release);
      tail_ = chunk;
      filled = 0;
    }
    tail_->events[filled] = event;
    tail_->filled.store(filled + 1, std::memory_order_release);
  }

  // Reading thread only: the next event, or false.
  bool next(Event* event) {
    if (read_ == kChunkEvents) {
      Chunk* chunk = head_->next.load(std::memory_order_acquire);
      if (chunk == nullptr) return false;
      delete head_;
      head_ = chunk;
      read_ = 0;
    }
    if (read_ >= head_->filled.load(std::memory_order_acquire)) return false;
    *event = head_->events[read_++];
    return true;
  }

 private:
  static constexpr uint32_t kChunkEvents = (64 * 1024 - 64) / sizeof(Event);
  struct Chunk {
    std::atomic<uint32_t> filled{0};
    std::atomic<Chunk*> next{nullptr};
    Event events[kChunkEvents];
  };
  Chunk* tail_;        // writer's
  Chunk* head_;        // reader's
  uint32_t read_ = 0;  // reader's
};

}  // namespace gapscope::capture
