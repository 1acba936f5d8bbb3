#include "fixture_dump.h"

#include <unistd.h>

#include <cstddef>
#include <cstring>

namespace gapscope::capture {
namespace {

constexpr uint32_t kNull = 0xffffffffu;

template <class T>
void put(std::vector<uint8_t>* out, T value) {
  const size_t at = out->size();
  out->resize(at + sizeof(T));
  memcpy(out->data() + at, &value, sizeof(T));
}

void putText(std::vector<uint8_t>* out, const char* text, size_t length) {
  out->insert(out->end(), text, text + length);
  while (out->size() % 4 != 0) out->push_back(0);
}

struct Pointer {
  size_t offset;
  const char* text;
};

// Every field of a record that points to memory of the recorded process.
void pointersOf(const CUpti_Activity* activity, size_t at, std::vector<Pointer>* pointers) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(activity);
  const auto add = [&](size_t field, bool isText) {
    const char* target;
    memcpy(&target, bytes + field, sizeof target);
    pointers->push_back({at + field, isText ? target : nullptr});
  };
  switch (activity->kind) {
    case CUPTI_ACTIVITY_KIND_KERNEL:
    case CUPTI_ACTIVITY_KIND_CONCURRENT_KERNEL:
      add(offsetof(CUpti_ActivityKernel9, name), true);
      add(offsetof(CUpti_ActivityKernel9, pAccessPolicyWindow), false);
      break;
    case CUPTI_ACTIVITY_KIND_DEVICE: add(offsetof(CUpti_ActivityDevice5, name), true); break;
    case CUPTI_ACTIVITY_KIND_OVERHEAD: add(offsetof(CUpti_ActivityOverhead3, overheadData), false); break;
    default: break;
  }
}

}  // namespace

bool FixtureDump::open(const std::string& path) {
  file_ = fopen(path.c_str(), "wbe");
  if (file_ != nullptr) fwrite("GSDUMP1\n", 1, 8, file_);
  return file_ != nullptr;
}

void FixtureDump::record(uint32_t type, const std::vector<uint8_t>& payload) {
  const uint32_t head[2] = {type, static_cast<uint32_t>(payload.size())};
  fwrite(head, sizeof head, 1, file_);
  fwrite(payload.data(), 1, payload.size(), file_);
}

void FixtureDump::buffer(const CuptiApi& cupti, uint8_t* data, size_t validBytes) {
  if (file_ == nullptr) return;
  std::vector<Pointer> pointers;
  CUpti_Activity* activity = nullptr;
  while (cupti.cuptiActivityGetNextRecord(data, validBytes, &activity) == CUPTI_SUCCESS) {
    pointersOf(activity, static_cast<size_t>(reinterpret_cast<uint8_t*>(activity) - data), &pointers);
  }
  std::vector<uint8_t> payload;
  payload.reserve(validBytes + 64 * pointers.size() + 16);
  put(&payload, static_cast<uint64_t>(validBytes));
  put(&payload, static_cast<uint32_t>(pointers.size()));
  put(&payload, uint32_t{0});
  payload.insert(payload.end(), data, data + validBytes);
  while (payload.size() % 4 != 0) payload.push_back(0);
  for (const Pointer& pointer : pointers) {
    put(&payload, static_cast<uint32_t>(pointer.offset));
    if (pointer.text == nullptr) {
      put(&payload, kNull);
    } else {
      const size_t length = strlen(pointer.text);
      put(&payload, static_cast<uint32_t>(length));
      putText(&payload, pointer.text, length);
    }
  }
  record(1, payload);
}

void FixtureDump::graphEvent(const GraphEvent& event, const std::vector<std::string>& stack) {
  if (file_ == nullptr) return;
  std::vector<uint8_t> payload;
  put(&payload, static_cast<uint32_t>(CUPTI_CB_DOMAIN_RESOURCE));
  uint32_t cbid = CUPTI_CBID_RESOURCE_GRAPHNODE_CREATED;
  if (event.type == GraphEventType::kNodeCloned) cbid = CUPTI_CBID_RESOURCE_GRAPHNODE_CLONED;
  if (event.type == GraphEventType::kExecCreated) cbid = CUPTI_CBID_RESOURCE_GRAPHEXEC_CREATED;
  if (event.type == GraphEventType::kExecDestroyed) cbid = CUPTI_CBID_RESOURCE_GRAPHEXEC_DESTROY_STARTING;
  put(&payload, cbid);
  put(&payload, uint32_t{0});  // site: resource callbacks have none
  put(&payload, event.thread);
  put(&payload, event.node);
  put(&payload, event.original);
  put(&payload, event.graph);
  put(&payload, event.originalGraph);
  put(&payload, event.exec);
  put(&payload, static_cast<uint32_t>(event.nodeType));
  put(&payload, static_cast<uint32_t>(stack.size()));
  for (const std::string& name : stack) {
    put(&payload, static_cast<uint32_t>(name.size()));
    putText(&payload, name.data(), name.size());
  }
  record(2, payload);
}

void FixtureDump::call(uint32_t thread, const CallEvent& event) {
  if (file_ == nullptr) return;
  std::vector<uint8_t> payload;
  for (const uint32_t value :
       {event.isDriver ? 1u : 0u, event.callbackId, thread, event.correlation, static_cast<uint32_t>(event.result),
        event.context, event.stream, event.event, event.syncId, 0u}) {
    put(&payload, value);
  }
  put(&payload, event.startNs);
  put(&payload, event.endNs);
  record(4, payload);
}

void FixtureDump::abandon() {
  if (file_ != nullptr) ::close(fileno(file_));
  file_ = nullptr;
}

void FixtureDump::close() {
  if (file_ != nullptr) fclose(file_);
  file_ = nullptr;
}

}  // namespace gapscope::capture
