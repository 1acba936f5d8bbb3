// Writes raw CUPTI buffers and graph callbacks to a file, from which tests without a GPU replay them
// (GAPSCOPE_DUMP). Little-endian: "GSDUMP1\n", then { u32 type, u32 length, payload }.
//   1 buffer:   u64 validBytes, u32 pointers, u32 0, the bytes, then per pointer { u32 offset, u32 length or
//               0xffffffff for null, text padded to 4 }: the texts that record fields pointed to
//   2 graph callback: see `graphEvent`
//   4 call: u32 isDriver, callback id, thread, correlation, result, context, stream, event, syncId, 0; i64 start, end.
//     A call's event and stream stand in for its handles.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "cupti_api.h"
#include "graph_event.h"
#include "thread_log.h"

namespace gapscope::capture {

class FixtureDump {
 public:
  bool open(const std::string& path);
  bool isOpen() const { return file_ != nullptr; }
  void buffer(const CuptiApi& cupti, uint8_t* data, size_t validBytes);
  void graphEvent(const GraphEvent& event, const std::vector<std::string>& stack);
  void call(uint32_t thread, const CallEvent& event);
  void close();
  // In a forked child: what is not written yet is the parent's to write.
  void abandon();

 private:
  void record(uint32_t type, const std::vector<uint8_t>& payload);
  FILE* file_ = nullptr;
};

}  // namespace gapscope::capture
