// Plays what the library's dump mode recorded on a real GPU. Format: native/capture/fixture_dump.h.
#include <cupti.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "activity.h"
#include "fakecupti.h"
#include "record_size.h"

namespace fakecupti {
namespace {

constexpr char kMagic[] = "GSDUMP1\n";
constexpr uint32_t kNull = 0xffffffffu;
enum RecordType : uint32_t { kBuffer = 1, kCallback = 2, kText = 3, kCall = 4 };

// Reads forward through a block of bytes; once past its end, everything reads as zero and `ok` is false.
class Cursor {
 public:
  Cursor(const uint8_t* data, size_t size) : at_(data), left_(size) {}
  template <class T>
  T take() {
    T value{};
    const uint8_t* bytes = take(sizeof value);
    if (bytes != nullptr) memcpy(&value, bytes, sizeof value);
    return value;
  }
  const uint8_t* take(size_t size) {
    if (size > left_) {
      ok = false;
      return nullptr;
    }
    const uint8_t* bytes = at_;
    at_ += size;
    left_ -= size;
    return bytes;
  }
  const char* takeText(uint32_t length, std::deque<std::string>* texts) {
    const uint8_t* bytes = take((size_t{length} + 3) / 4 * 4);
    if (bytes == nullptr) return nullptr;
    texts->emplace_back(reinterpret_cast<const char*>(bytes), length);
    return texts->back().c_str();
  }
  size_t left() const { return left_; }
  bool ok = true;

 private:
  const uint8_t* at_;
  size_t left_;
};

// Names must outlive the records, as CUPTI's do; a deque never moves what it holds.
std::deque<std::string>& texts() {
  static auto* made = new std::deque<std::string>;
  return *made;
}

bool playBuffer(Cursor cursor, int64_t* records) {
  const auto valid = cursor.take<uint64_t>();
  const auto pointers = cursor.take<uint32_t>();
  cursor.take<uint32_t>();
  const uint8_t* bytes = cursor.take((valid + 3) / 4 * 4);
  if (bytes == nullptr) return false;
  std::vector<uint8_t> buffer(bytes, bytes + valid);
  for (uint32_t i = 0; i < pointers; ++i) {
    const auto offset = cursor.take<uint32_t>();
    const auto length = cursor.take<uint32_t>();
    const char* text = length == kNull ? nullptr : cursor.takeText(length, &texts());
    if (!cursor.ok || offset + sizeof text > buffer.size()) return false;
    memcpy(buffer.data() + offset, &text, sizeof text);
  }
  // Record by record, so that faults reach them, and so that a version with longer records can be played.
  for (size_t at = 0; at + sizeof(CUpti_ActivityKind) <= buffer.size();) {
    CUpti_ActivityKind kind;
    memcpy(&kind, buffer.data() + at, sizeof kind);
    const size_t size = recordedSize(kind);
    if (size == 0 || at + size > buffer.size()) break;  // INVALID_KIND: where CUPTI stops, too
    if (emit(buffer.data() + at, size)) ++*records;
    at += size;
  }
  return true;
}

bool playCallback(Cursor cursor, FakeCuptiStack onStack, void* user) {
  cursor.take<uint32_t>();  // domain: always RESOURCE
  const auto cbid = cursor.take<uint32_t>();
  cursor.take<uint32_t>();  // site
  cursor.take<uint32_t>();  // thread
  const auto node = cursor.take<uint64_t>();
  const auto original = cursor.take<uint64_t>();
  const auto graph = cursor.take<uint32_t>();
  const auto originalGraph = cursor.take<uint32_t>();
  const auto exec = cursor.take<uint32_t>();
  const auto nodeType = cursor.take<uint32_t>();
  const auto depth = cursor.take<uint32_t>();
  std::deque<std::string> names;
  std::vector<const char*> stack;
  for (uint32_t i = 0; i < depth && cursor.ok; ++i) {
    const auto length = cursor.take<uint32_t>();
    stack.push_back(cursor.takeText(length, &names));
  }
  if (!cursor.ok) return false;
  if (onStack != nullptr) onStack(stack.data(), depth, user);
  fakecupti_graph_event(cbid, node, original, graph, originalGraph, exec, nodeType);
  return true;
}

struct RecordedCall {
  FakeCuptiCall call;
  uint32_t thread;
  int64_t startNs, endNs;
};

bool readCall(Cursor cursor, std::deque<RecordedCall>* calls) {
  RecordedCall read{};
  read.call.driver = static_cast<int>(cursor.take<uint32_t>());
  read.call.cbid = cursor.take<uint32_t>();
  read.thread = cursor.take<uint32_t>();
  read.call.correlation = cursor.take<uint32_t>();
  read.call.result = cursor.take<uint32_t>();
  read.call.context = cursor.take<uint32_t>();
  read.call.stream = cursor.take<uint32_t>();
  read.call.event = cursor.take<uint32_t>();
  cursor.take<uint32_t>();  // syncId: the client counts itself
  cursor.take<uint32_t>();
  read.startNs = cursor.take<int64_t>();
  read.endNs = cursor.take<int64_t>();
  if (cursor.ok) calls->push_back(read);
  return cursor.ok;
}

// As many threads as there were; each start and each end when all that came before it are over, because what an event
// stands for depends on that.
void playCalls(std::deque<RecordedCall>* calls) {
  struct Step {
    int64_t timeNs;
    RecordedCall* recorded;
    bool starts;
  };
  std::vector<Step> steps;
  for (RecordedCall& recorded : *calls) {
    steps.push_back({recorded.startNs, &recorded, true});
    steps.push_back({recorded.endNs, &recorded, false});
  }
  std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.timeNs < b.timeNs; });
  std::map<uint32_t, std::vector<size_t>> byThread;
  for (size_t i = 0; i < steps.size(); ++i) byThread[steps[i].recorded->thread].push_back(i);
  std::mutex mutex;
  std::condition_variable changed;
  size_t turn = 0;
  std::vector<std::thread> threads;
  for (const auto& [thread, own] : byThread) {
    const std::vector<size_t>* turns = &own;
    threads.emplace_back([&, turns] {
      for (const size_t at : *turns) {
        {
          std::unique_lock<std::mutex> lock(mutex);
          changed.wait(lock, [&] { return turn == at; });
        }
        if (steps[at].starts) {
          fakecupti_enter(&steps[at].recorded->call);
        } else {
          fakecupti_exit(&steps[at].recorded->call);
        }
        const std::lock_guard<std::mutex> lock(mutex);
        ++turn;
        changed.notify_all();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace fakecupti

extern "C" int64_t fakecupti_replay(const char* path, int threads, FakeCuptiStack onStack, void* user) {
  using namespace fakecupti;
  std::ifstream file(path, std::ios::binary);
  const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Cursor cursor(bytes.data(), bytes.size());
  const uint8_t* magic = cursor.take(sizeof kMagic - 1);
  if (magic == nullptr || memcmp(magic, kMagic, sizeof kMagic - 1) != 0) {
    fprintf(stderr, "fakecupti: %s is no recording\n", path);
    return -1;
  }
  int64_t records = 0;
  std::vector<std::vector<std::pair<const uint8_t*, size_t>>> byThread(static_cast<size_t>(threads > 0 ? threads : 1));
  std::deque<RecordedCall> calls;
  size_t next = 0;
  while (cursor.left() >= 8) {
    const auto type = cursor.take<uint32_t>();
    const auto length = cursor.take<uint32_t>();
    const uint8_t* payload = cursor.take(length);
    if (payload == nullptr) break;  // cut: what came before is good
    bool ok = true;
    if (type == kBuffer && threads > 0) {
      byThread[next++ % byThread.size()].emplace_back(payload, length);
    } else if (type == kBuffer) {
      ok = playBuffer(Cursor(payload, length), &records);
    } else if (type == kCallback) {
      ok = playCallback(Cursor(payload, length), onStack, user);
    } else if (type == kCall) {
      ok = readCall(Cursor(payload, length), &calls);
    }
    if (!ok) {
      fprintf(stderr, "fakecupti: a record of %s is damaged\n", path);
      return -1;
    }
  }
  // Texts are shared, so names are made on this thread's turn: one thread at a time, each with its own buffers.
  for (const auto& buffers : byThread) {
    std::thread([&] {
      for (const auto& [payload, length] : buffers) playBuffer(Cursor(payload, length), &records);
    }).join();
  }
  playCalls(&calls);
  return records + static_cast<int64_t>(calls.size());
}
