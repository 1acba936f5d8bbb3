#include "buffer_pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace gapscope::capture {
namespace {
// Less, and the calls for buffers cost more than the records.
constexpr size_t kSmallestOffer = 128 << 10;
}  // namespace

void BufferPool::configure(size_t bytes, size_t ready, size_t most) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    bytes_ = bytes;
    offered_ = bytes;
    ready_ = ready;
    most_ = std::max<size_t>(most, 1);
  }
  refill();
}

uint8_t* BufferPool::map(bool touch) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | (touch ? MAP_POPULATE : 0);
  void* memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, flags, -1, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<uint8_t*>(memory);
}

uint8_t* BufferPool::take(size_t* bytes) {
  std::lock_guard<std::mutex> lock(mutex_);
  uint8_t* data = nullptr;
  if (!free_.empty()) {
    data = free_.back();
    free_.pop_back();
  } else if (made_ < most_) {
    data = map(false);  // untouched: the kernel clears each page when CUPTI comes to it
    if (data != nullptr) ++made_;
  }
  *bytes = data == nullptr ? 0 : offered_;
  if (data != nullptr) ++outstanding_;
  return data;
}

void BufferPool::complete(uint8_t* data, size_t validBytes) {
  if (data == nullptr) return;
  std::lock_guard<std::mutex> lock(mutex_);
  if (outstanding_ > 0) --outstanding_;
  filled_.push_back({data, validBytes});
}

void BufferPool::takeFilled(std::vector<Filled>* filled) {
  std::lock_guard<std::mutex> lock(mutex_);
  filled->swap(filled_);
}

void BufferPool::giveBack(uint8_t* data, size_t usedBytes) {
  memset(data, 0, std::min(usedBytes, bytes_));
  std::lock_guard<std::mutex> lock(mutex_);
  free_.push_back(data);
}

void BufferPool::refill() {
  for (;;) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (free_.size() >= ready_ || made_ >= most_) return;
      ++made_;
    }
    uint8_t* data = map(true);
    std::lock_guard<std::mutex> lock(mutex_);
    if (data == nullptr) {
      --made_;
      return;
    }
    free_.push_back(data);
  }
}

void BufferPool::adaptSize(double bytesPerSecond, double seconds) {
  const double wanted = bytesPerSecond * seconds;
  std::lock_guard<std::mutex> lock(mutex_);
  const size_t largest = bytes_;
  size_t offer = wanted >= static_cast<double>(largest) ? largest : static_cast<size_t>(wanted);
  offer = std::max(offer, std::min(kSmallestOffer, largest));
  offered_ = offer & ~static_cast<size_t>(7);
}

size_t BufferPool::outstanding() {
  std::lock_guard<std::mutex> lock(mutex_);
  return outstanding_;
}

}  // namespace gapscope::capture
