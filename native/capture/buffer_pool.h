// Memory that CUPTI fills with records. It asks for it on the application's own thread, in the middle of a launch:
// so buffers are mapped, touched and cleared beforehand, on the service thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace gapscope::capture {

class BufferPool {
 public:
  struct Filled {
    uint8_t* data;
    size_t validBytes;
  };

  void configure(size_t bytes, size_t ready, size_t most);
  // Application threads. Null when `most` are out and unread: CUPTI then drops records, and counts them.
  uint8_t* take(size_t* bytes);
  void complete(uint8_t* data, size_t validBytes);

  // Service thread.
  void takeFilled(std::vector<Filled>* filled);
  void giveBack(uint8_t* data, size_t usedBytes);
  void refill();
  // How much of a buffer to offer: as much as the last second's records need in `seconds`, so that a slow
  // stream of records does not sit in a large buffer that CUPTI only returns when full.
  void adaptSize(double bytesPerSecond, double seconds);

  size_t outstanding();  // asked for and not returned

 private:
  uint8_t* map(bool touch);

  std::mutex mutex_;
  std::vector<uint8_t*> free_;
  std::vector<Filled> filled_;
  size_t bytes_ = 0;
  size_t offered_ = 0;
  size_t ready_ = 0;
  size_t most_ = 0;
  size_t made_ = 0;
  size_t outstanding_ = 0;
};

}  // namespace gapscope::capture
