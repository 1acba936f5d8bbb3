#include "thread_log.h"

namespace gapscope::capture {

ThreadLog::ThreadLog(uint32_t threadId) : thread(threadId), tail_(new Chunk), head_(tail_) { stack.reserve(32); }

ThreadLog::~ThreadLog() {
  while (head_ != nullptr) {
    Chunk* next = head_->next.load(std::memory_order_acquire);
    delete head_;
    head_ = next;
  }
}

void ThreadLog::add(const RangeEvent& event) {
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

bool ThreadLog::next(RangeEvent* event) {
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

}  // namespace gapscope::capture
