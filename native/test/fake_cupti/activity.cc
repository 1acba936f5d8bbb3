#include "activity.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fakecupti.h"
#include "faults.h"
#include "record_size.h"
#include "subscriber.h"

namespace fakecupti {
namespace {

struct Buffer {
  uint8_t* data = nullptr;
  size_t size = 0;
  size_t used = 0;
};

// Since 13.0 each thread fills a buffer of its own.
struct ThreadBuffers {
  Buffer current;
  std::vector<std::vector<uint8_t>> held;  // fault `unordered`: not yet in a buffer
};

struct Counts {
  std::atomic<uint64_t> emitted{0}, dropped{0}, droppedUnread{0}, requested{0}, completed{0}, flushes{0};
};
Counts counts;

// Held while a buffer is asked for, and taken by cuptiActivityGetNumDroppedRecords: CUPTI does the same, so a client
// that holds a lock of its own around either one deadlocks (the thread sanitizer sees it even when it does not).
// (Nothing here is destroyed at exit: the client may still call.)
std::mutex& mutex = *new std::mutex;
CUpti_BuffersCallbackRequestFunc requestBuffer = nullptr;
CUpti_BuffersCallbackCompleteFunc completeBuffer = nullptr;
auto& kinds = *new std::set<CUpti_ActivityKind>;
auto& attributes = *new std::map<int, std::vector<uint8_t>>;
auto& threads = *new std::vector<std::shared_ptr<ThreadBuffers>>;
uint64_t sequence = 0;

// libcupti's own static destructors run at exit, before every exit handler that was registered before libcupti was
// loaded. A client that flushes from such a handler finds ruins.
bool fallen = false;
struct Ruins {
  ~Ruins() { fallen = true; }
} ruins;

// CUPTI's worker: returns full buffers, later.
struct Worker {
  std::mutex mutex;
  std::condition_variable wake, idle;
  std::deque<Buffer> queue;
  bool running = false;
  bool busy = false;  // has taken buffers from the queue and not returned them all yet
};
Worker& worker() {
  static auto* made = new Worker;  // outlives static destructors: its thread is never joined, like CUPTI's
  return *made;
}

void complete(const Buffer& buffer) {
  if (buffer.data == nullptr) return;
  CUpti_BuffersCallbackCompleteFunc function;
  {
    std::lock_guard<std::mutex> lock(mutex);
    function = completeBuffer;
  }
  if (function == nullptr) return;
  const size_t valid = hasFault("invalidtail") ? std::min(buffer.size, buffer.used + 64) : buffer.used;
  const Inside inside(Inside::kBufferCallback);
  function(nullptr, 0, buffer.data, buffer.size, valid);
  counts.completed.fetch_add(1);
}

void completeLater(const Buffer& buffer) {
  if (buffer.data == nullptr) return;
  Worker& w = worker();
  std::lock_guard<std::mutex> lock(w.mutex);
  if (!w.running) {
    w.running = true;
    std::thread([&w] {
      for (;;) {
        std::deque<Buffer> batch;
        {
          std::unique_lock<std::mutex> guard(w.mutex);
          w.wake.wait(guard, [&w] { return !w.queue.empty(); });
          batch.swap(w.queue);
          w.busy = true;
        }
        if (hasFault("late")) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        for (const Buffer& next : batch) complete(next);
        const std::lock_guard<std::mutex> guard(w.mutex);
        w.busy = false;
        w.idle.notify_all();
      }
    }).detach();
  }
  w.queue.push_back(buffer);
  w.wake.notify_one();
}

bool isSet(CUpti_ActivityAttribute attribute) {
  const auto found = attributes.find(attribute);
  return found != attributes.end() && !found->second.empty() && found->second[0] != 0;
}

// With `mutex` held, like CUPTI.
Buffer ask() {
  Buffer buffer;
  if (requestBuffer == nullptr) return buffer;
  size_t most = 0;
  {
    const Inside inside(Inside::kBufferCallback);
    requestBuffer(&buffer.data, &buffer.size, &most);
  }
  counts.requested.fetch_add(1);
  if (buffer.data == nullptr) return buffer;
  if (reinterpret_cast<uintptr_t>(buffer.data) % 8 != 0) violation("buffers must be 8-byte aligned");
  if (!isSet(CUPTI_ACTIVITY_ATTR_ZEROED_OUT_ACTIVITY_BUFFER)) {
    memset(buffer.data, 0, buffer.size);
  } else if (std::any_of(buffer.data, buffer.data + buffer.size, [](uint8_t byte) { return byte != 0; })) {
    violation("a buffer said to be zeroed is not");
  }
  return buffer;
}

void drop() {
  counts.dropped.fetch_add(1);
  counts.droppedUnread.fetch_add(1);
}

bool place(ThreadBuffers& own, const uint8_t* record, size_t size) {
  if (own.current.data == nullptr || own.current.size - own.current.used < size) {
    completeLater(own.current);
    own.current = ask();
    if (own.current.data != nullptr && own.current.size < size) {
      completeLater(own.current);
      own.current = Buffer();
    }
    if (own.current.data == nullptr) {
      drop();
      return false;
    }
  }
  memcpy(own.current.data + own.current.used, record, size);
  own.current.used += size;
  counts.emitted.fetch_add(1);
  return true;
}

void placeHeld(ThreadBuffers& own) {
  // Every other one first, from the back: far from sorted, and the same each time.
  const size_t count = own.held.size();
  for (size_t i = 0; i < count; ++i) {
    const size_t at = i % 2 == 0 ? count - 1 - i / 2 : i / 2;
    place(own, own.held[at].data(), own.held[at].size());
  }
  own.held.clear();
}

ThreadBuffers& ownBuffers() {
  thread_local std::shared_ptr<ThreadBuffers> own;
  if (own == nullptr) {
    own = std::make_shared<ThreadBuffers>();
    threads.push_back(own);
  }
  return *own;
}

}  // namespace

bool kindEnabled(CUpti_ActivityKind kind) {
  std::lock_guard<std::mutex> lock(mutex);
  return kinds.count(kind) != 0;
}

bool emit(const void* record, size_t size) {
  static const bool unordered = hasFault("unordered");
  static const bool drops = hasFault("drops");
  static const bool unknown = hasFault("unknown");
  static const bool empty = hasFault("empty");
  CUpti_ActivityKind kind;
  memcpy(&kind, record, sizeof kind);
  // To this version's length: cut where it was shorter, zeros where it is longer.
  std::vector<uint8_t> bytes(recordSize(kind), 0);
  if (bytes.empty()) return false;
  memcpy(bytes.data(), record, std::min(size, bytes.size()));

  Buffer unused;
  bool kept = true;
  {
    std::lock_guard<std::mutex> lock(mutex);
    ThreadBuffers& own = ownBuffers();
    ++sequence;
    if (drops && sequence % 100 == 0) {
      drop();
      return false;
    }
    if (unknown && sequence % 50 == 0) {
      std::vector<uint8_t> odd(recordSize(CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION), 0);
      const CUpti_ActivityKind oddKind = CUPTI_ACTIVITY_KIND_EXTERNAL_CORRELATION;
      memcpy(odd.data(), &oddKind, sizeof oddKind);
      place(own, odd.data(), odd.size());
    }
    if (empty && sequence % 200 == 0) unused = ask();
    if (unordered) {
      own.held.push_back(std::move(bytes));
      if (own.held.size() >= 64) placeHeld(own);
    } else {
      kept = place(own, bytes.data(), bytes.size());
    }
  }
  completeLater(unused);
  return kept;
}

}  // namespace fakecupti

using namespace fakecupti;

extern "C" {

CUptiResult cuptiActivityRegisterCallbacks(CUpti_BuffersCallbackRequestFunc request,
                                           CUpti_BuffersCallbackCompleteFunc completed) {
  if (request == nullptr || completed == nullptr) return CUPTI_ERROR_INVALID_PARAMETER;
  std::lock_guard<std::mutex> lock(mutex);
  requestBuffer = request;
  completeBuffer = completed;
  return CUPTI_SUCCESS;
}

CUptiResult cuptiActivityEnable(CUpti_ActivityKind kind) {
  if (Inside::where() == Inside::kBufferCallback) violation("cuptiActivityEnable in a buffer callback");
  if (kind == CUPTI_ACTIVITY_KIND_KERNEL) violation("KERNEL serialises kernels");
  if (kind == CUPTI_ACTIVITY_KIND_RUNTIME || kind == CUPTI_ACTIVITY_KIND_DRIVER ||
      kind == CUPTI_ACTIVITY_KIND_SYNCHRONIZATION || kind == CUPTI_ACTIVITY_KIND_CUDA_EVENT) {
    violation("records of calls, waits and events make every launch slower; use callbacks");
  }
  if (kind == CUPTI_ACTIVITY_KIND_OVERHEAD && hasFault("nooverhead")) return CUPTI_ERROR_NOT_COMPATIBLE;
  std::lock_guard<std::mutex> lock(mutex);
  if (recordSize(kind) == 0) return CUPTI_ERROR_INVALID_KIND;
  kinds.insert(kind);
  return CUPTI_SUCCESS;
}

CUptiResult cuptiActivityDisable(CUpti_ActivityKind kind) {
  if (Inside::where() == Inside::kBufferCallback) violation("cuptiActivityDisable in a buffer callback");
  std::lock_guard<std::mutex> lock(mutex);
  kinds.erase(kind);
  return CUPTI_SUCCESS;
}

CUptiResult cuptiActivitySetAttribute(CUpti_ActivityAttribute attribute, size_t* size, void* value) {
  if (size == nullptr || value == nullptr) return CUPTI_ERROR_INVALID_PARAMETER;
  std::lock_guard<std::mutex> lock(mutex);
  const auto* bytes = static_cast<const uint8_t*>(value);
  attributes[attribute].assign(bytes, bytes + *size);
  return CUPTI_SUCCESS;
}

CUptiResult cuptiActivityGetAttribute(CUpti_ActivityAttribute attribute, size_t* size, void* value) {
  if (size == nullptr || value == nullptr) return CUPTI_ERROR_INVALID_PARAMETER;
  std::lock_guard<std::mutex> lock(mutex);
  const auto found = attributes.find(attribute);
  if (found == attributes.end()) return CUPTI_ERROR_INVALID_PARAMETER;
  *size = std::min(*size, found->second.size());
  memcpy(value, found->second.data(), *size);
  return CUPTI_SUCCESS;
}

CUptiResult cuptiActivityFlushAll(uint32_t) {
  if (Inside::where() == Inside::kBufferCallback) violation("cuptiActivityFlushAll in a buffer callback");
  if (Inside::where() == Inside::kResourceCallback) violation("cuptiActivityFlushAll in a resource callback");
  if (fallen) {
    violation("cuptiActivityFlushAll after libcupti's static destructors: register the exit handler after loading it");
    return CUPTI_ERROR_NOT_INITIALIZED;
  }
  counts.flushes.fetch_add(1);
  std::vector<Buffer> ready;
  {
    std::lock_guard<std::mutex> lock(mutex);
    for (const auto& thread : threads) {
      placeHeld(*thread);
      if (thread->current.used == 0) continue;
      ready.push_back(thread->current);
      thread->current = Buffer();
    }
  }
  if (hasFault("late")) {
    for (const Buffer& buffer : ready) completeLater(buffer);
    return CUPTI_SUCCESS;
  }
  // What the worker has not got round to, too: a flush returns all there is.
  {
    Worker& w = worker();
    std::unique_lock<std::mutex> lock(w.mutex);
    w.idle.wait(lock, [&w] { return !w.busy; });
    ready.insert(ready.begin(), w.queue.begin(), w.queue.end());
    w.queue.clear();
  }
  for (const Buffer& buffer : ready) complete(buffer);
  return CUPTI_SUCCESS;
}

CUptiResult cuptiActivityFlushPeriod(uint32_t) { return CUPTI_SUCCESS; }

CUptiResult cuptiActivityGetNextRecord(uint8_t* buffer, size_t validBytes, CUpti_Activity** record) {
  if (buffer == nullptr || record == nullptr) return CUPTI_ERROR_INVALID_PARAMETER;
  uint8_t* next = buffer;
  if (*record != nullptr) next = reinterpret_cast<uint8_t*>(*record) + recordSize((*record)->kind);
  if (next + sizeof(CUpti_ActivityKind) > buffer + validBytes) return CUPTI_ERROR_MAX_LIMIT_REACHED;
  CUpti_ActivityKind kind;
  memcpy(&kind, next, sizeof kind);
  const size_t size = recordSize(kind);
  if (size == 0) return CUPTI_ERROR_INVALID_KIND;
  if (next + size > buffer + validBytes) return CUPTI_ERROR_MAX_LIMIT_REACHED;
  *record = reinterpret_cast<CUpti_Activity*>(next);
  return CUPTI_SUCCESS;
}

CUptiResult cuptiActivityGetNumDroppedRecords(CUcontext, uint32_t, size_t* dropped) {
  if (dropped == nullptr) return CUPTI_ERROR_INVALID_PARAMETER;
  std::lock_guard<std::mutex> lock(mutex);
  *dropped = counts.droppedUnread.exchange(0);
  return CUPTI_SUCCESS;
}

void fakecupti_steal_buffers(void) {
  std::lock_guard<std::mutex> lock(mutex);
  requestBuffer = [](uint8_t** buffer, size_t* size, size_t* most) {
    *size = 1 << 16;
    *most = 0;
    *buffer = static_cast<uint8_t*>(aligned_alloc(8, *size));
  };
  completeBuffer = [](CUcontext, uint32_t, uint8_t* buffer, size_t, size_t) { free(buffer); };
  // Ours stay with us, as CUPTI would keep them.
  for (const auto& thread : threads) thread->current = Buffer();
}

uint64_t fakecupti_count(const char* what) {
  const std::string name = what;
  if (name == "emitted") return counts.emitted.load();
  if (name == "dropped") return counts.dropped.load();
  if (name == "requested") return counts.requested.load();
  if (name == "completed") return counts.completed.load();
  if (name == "flushes") return counts.flushes.load();
  return violations();
}

int fakecupti_kind_enabled(uint32_t kind) { return kindEnabled(static_cast<CUpti_ActivityKind>(kind)) ? 1 : 0; }

}  // extern "C"
