// CUPTI activity records → rows. The only file that knows their layouts. Service thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cupti_api.h"
#include "shape_table.h"
#include "strings.h"
#include "thread_log.h"
#include "trace_writer.h"

namespace gapscope::capture {

class RecordDecoder {
 public:
  RecordDecoder(const CuptiApi& cupti, StringTable& strings, TraceWriter& writer);

  // Reads one returned buffer to its last valid record.
  void decode(uint8_t* buffer, size_t validBytes);

  void call(uint32_t thread, const CallEvent& event);

  // A thread seen for the first time gets a row in `threads`.
  void seeThread(uint32_t thread);

  uint64_t zeroTimestamps() const { return zeroTimestamps_; }
  uint64_t unknownRecords() const { return unknownRecords_; }

 private:
  struct KernelName {
    uint32_t id;
    std::string_view mangled;  // as it was when the pointer was first seen
  };

  void record(const CUpti_Activity* activity);
  void kernel(const CUpti_Activity* activity);
  template <class Record>
  void memcpyRecord(const Record& record);
  void memsetRecord(const CUpti_Activity* activity);
  template <class Record>
  void op(const Record& record, OpKind kind, uint32_t name, const Shape& shape);
  void graphTrace(const CUpti_Activity* activity);
  void apiCall(const CUpti_Activity* activity);
  void synchronization(const CUpti_Activity* activity);
  void cudaEvent(const CUpti_Activity* activity);
  void overhead(const CUpti_Activity* activity);
  void device(const CUpti_Activity* activity);

  void sync(const CallEvent& event, SyncKind kind);
  uint32_t shapeId(const Shape& shape);
  uint32_t kernelName(const char* mangled);
  uint32_t callName(CUpti_CallbackDomain domain, uint32_t cbid);
  bool hasTimes(uint64_t start, uint64_t end);

  const CuptiApi& cupti_;
  StringTable& strings_;
  TraceWriter& writer_;
  ShapeTable shapes_;
  std::unordered_map<const char*, KernelName> kernelNames_;
  std::vector<uint32_t> callNames_[2];
  std::unordered_map<uint32_t, bool> threads_;
  uint32_t lastThread_ = 0;
  std::unordered_map<uint32_t, bool> devices_;
  uint32_t memcpyName_;
  uint32_t memsetName_;
  uint32_t graphName_;
  uint64_t zeroTimestamps_ = 0;
  uint64_t unknownRecords_ = 0;
};

}  // namespace gapscope::capture
