// One recording of one process: from the first sign of CUDA or NVTX to the end of the process.
#pragma once

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "buffer_pool.h"
#include "call_recorder.h"
#include "collection.h"
#include "cupti_api.h"
#include "fixture_dump.h"
#include "graph_event.h"
#include "range_recorder.h"
#include "record_decoder.h"
#include "settings.h"
#include "stack_trie.h"
#include "strings.h"
#include "thread_log.h"
#include "trace_writer.h"

namespace gapscope::capture {

class Session {
 public:
  explicit Session(Settings settings);

  // The process uses CUDA: find CUPTI and start. Safe to call again. False when capture is off; `status` says why.
  bool startCupti();
  // The end: everything that can be had is fetched and written. Safe to call again.
  void finish();
  // In a forked child: the threads and CUPTI of the parent are not here. Nothing is flushed, nothing freed.
  void abandon();

  // This thread's.
  ThreadLog& threadLog();
  void addGraphEvent(const GraphEvent& event);
  void rangeOpened(std::string_view name);
  void rangeClosed(std::string_view name);
  bool matches(std::string_view name) const;
  std::string statusJson();

  bool usesCupti() const { return cuptiAsked_.load(); }
  bool startThread();
  void wake();

  const Settings settings;
  const pid_t pid;
  // The process's own, not the session's: CUPTI keeps its one subscriber and its buffers from one session to the next.
  CuptiApi& cupti;
  BufferPool& pool;
  StringTable strings;
  StackTrie stacks;
  CallRecorder calls;
  Collection collection;

 private:
  static void* serviceMain(void* self);
  void serve();
  void service(bool last);
  void decodeFilled();
  void drainThreads();
  void writeGraphEvents();
  void writePendingNames();
  bool flushFiles();
  void watchForOthers(int64_t now);
  void setStatus(const std::string& key, const std::string& value);
  void countDropped();
  std::string attach();
  std::string subscribe();

  // What the service thread alone touches.
  TraceWriter writer_;
  RecordDecoder decoder_;
  RangeRecorder ranges_;
  FixtureDump dump_;
  std::vector<BufferPool::Filled> filled_;
  uint64_t dropped_ = 0;
  int64_t lastFlushNs_ = 0;
  int64_t lastClockNs_ = 0;
  uint64_t bytesSinceFlush_ = 0;
  double bytesPerSecond_ = 0;
  uint64_t buffersAtLastFlush_ = 0;
  uint64_t buffersDecoded_ = 0;
  uint64_t callsSinceRecords_ = 0;
  bool toldOfDisk_ = false;

  std::atomic<bool> cuptiAsked_{false};
  std::atomic<bool> cuptiStarted_{false};  // it can be called
  std::atomic<bool> cudaUsed_{false};
  std::atomic<int> matchingRanges_{0};
  const int64_t bornNs_;
  bool delayOver_ = false;
  bool durationOver_ = false;

  std::mutex finishing_;
  std::mutex mutex_;  // guards what follows; never held while calling CUPTI
  std::condition_variable wakeUp_;
  std::vector<std::unique_ptr<ThreadLog>> logs_;
  std::vector<GraphEvent> graphEvents_;
  std::map<std::string, std::string> status_;
  std::vector<std::pair<std::string, std::string>> statusPending_;
  bool wake_ = false;
  bool stopping_ = false;
  bool finished_ = false;
  pthread_t thread_{};
  bool threadRuns_ = false;
};

// CUPTI and the buffers it fills: one of each in a process.
CuptiApi& processCupti();
BufferPool& processPool();

// The session of this process, made when first asked for; null in a child of a process that used CUDA, and once
// the process is ending.
Session* session();
// The same, if there is one already.
Session* existingSession();
// Exit handlers and static destructors run last in, first out: a libcupti that was loaded after our handler was
// registered would be gone when it flushes. So, once libcupti is loaded, the handler is registered again.
void exitBeforeCupti();
// Ends the present session; a later call of `session` begins another, with `outDir` if given.
bool restartSession(const char* outDir);
void endSession();

}  // namespace gapscope::capture
