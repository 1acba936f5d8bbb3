// The session's own thread: it decodes what CUPTI returned, empties the queues and writes the files, so that the
// program's threads never do.
#include <stdio.h>

#include "clock.h"
#include "cupti_callbacks.h"
#include "session.h"

namespace gapscope::capture {
namespace {

constexpr auto kNap = std::chrono::milliseconds(100);
constexpr int64_t kClockEveryNs = 1'000'000'000;
// Rows are written before this much of them has piled up.
constexpr size_t kMostPendingBytes = 16 << 20;
// A buffer is offered as large as it fills in this time, so that a killed process loses no more than that.
constexpr double kBufferSeconds = 0.4;
// Far more than a full buffer's worth: a GPU that lags behind returns no buffer for as long as one takes to fill.
constexpr uint64_t kCallsWithoutRecords = 60'000;
constexpr size_t kCallsBetweenLooks = 4096;

}  // namespace

void* Session::serviceMain(void* self) {
  auto* session = static_cast<Session*>(self);
  try {
    session->serve();
  } catch (...) {
    session->collection.want(false);
    fprintf(stderr, "gapscope: recording stopped: out of memory\n");
  }
  return nullptr;
}

void Session::serve() {
  for (;;) {
    bool last;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wakeUp_.wait_for(lock, kNap, [this] { return wake_ || stopping_; });
      wake_ = false;
      last = stopping_;
    }
    service(last);
    if (last) return;
  }
}

void Session::service(bool last) {
  const int64_t now = nowNs();
  if (!delayOver_ && now - bornNs_ >= settings.delayNs) {
    delayOver_ = true;
    if (settings.start == StartMode::kAll) collection.want(true);
  }
  if (settings.durationNs > 0 && !durationOver_ && delayOver_ &&
      now - bornNs_ >= settings.delayNs + settings.durationNs) {
    durationOver_ = true;
    collection.want(false);
    collection.freeze();
    if (cuptiStarted_.load()) cupti.cuptiActivityFlushAll(0);
  }
  decodeFilled();
  drainThreads();
  writeGraphEvents();
  const bool due = now - lastFlushNs_ >= settings.flushNs;
  if (!last && !due && writer_.pendingBytes() < kMostPendingBytes) return;
  if (!last && due && cuptiStarted_.load()) {
    cupti.cuptiActivityFlushAll(0);
    decodeFilled();
    watchForOthers(now);
  }
  drainThreads();
  ranges_.writeOpen(last ? INT64_MAX : now - settings.flushNs);
  writeGraphEvents();
  if (now - lastClockNs_ >= kClockEveryNs || last) {
    lastClockNs_ = now;
    const ClockAnchor anchor = readAnchor();
    writer_.append(kClock, anchor.realtimeNs, anchor.monotonicNs, anchor.monotonicRawNs, anchor.tsc, anchor.bracketNs);
  }
  const double seconds = static_cast<double>(now - lastFlushNs_) * 1e-9;
  if (due && seconds > 0) {
    // Up at once, down slowly: a burst after a pause must not find tiny buffers for long.
    const double rate = static_cast<double>(bytesSinceFlush_) / seconds;
    bytesPerSecond_ = rate > bytesPerSecond_ ? rate : 0.5 * (rate + bytesPerSecond_);
    pool.adaptSize(bytesPerSecond_, kBufferSeconds);
    bytesSinceFlush_ = 0;
    lastFlushNs_ = now;
  }
  countDropped();
  if (last) setStatus("exit", "clean");
  // Once more for what the last one refused to be told.
  if (!flushFiles() && last) flushFiles();
  pool.refill();
  if (last) {
    writer_.close();
    dump_.close();
  }
}

void Session::decodeFilled() {
  filled_.clear();
  pool.takeFilled(&filled_);
  for (const BufferPool::Filled& buffer : filled_) {
    if (dump_.isOpen()) {
      writeGraphEvents();
      dump_.buffer(cupti, buffer.data, buffer.validBytes);
    }
    decoder_.decode(buffer.data, buffer.validBytes);
    pool.giveBack(buffer.data, buffer.validBytes);
    bytesSinceFlush_ += buffer.validBytes;
    ++buffersDecoded_;
    if (writer_.pendingBytes() >= kMostPendingBytes) flushFiles();
  }
}

void Session::drainThreads() {
  std::vector<ThreadLog*> logs;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    for (const auto& log : logs_) logs.push_back(log.get());
  }
  std::vector<ThreadLog*> ended;
  size_t drained = 0;
  for (ThreadLog* log : logs) {
    const bool threadEnded = log->threadEnded.load();  // before draining: after it nothing more can come
    ranges_.drain(*log);
    CallEvent call;
    while (log->calls.next(&call)) {
      decoder_.call(log->thread, call);
      dump_.call(log->thread, call);
      if (call.meaning == CallMeaning::kWork && call.result == 0) ++callsSinceRecords_;
      if (++drained % kCallsBetweenLooks == 0 && writer_.pendingBytes() >= kMostPendingBytes) flushFiles();
    }
    if (threadEnded) ended.push_back(log);
  }
  if (ended.empty()) return;
  std::lock_guard<std::mutex> lock(mutex_);
  for (ThreadLog* log : ended) {
    ranges_.forget(*log);
    for (size_t i = 0; i < logs_.size(); ++i) {
      if (logs_[i].get() != log) continue;
      logs_.erase(logs_.begin() + static_cast<ptrdiff_t>(i));
      break;
    }
  }
}

void Session::writeGraphEvents() {
  std::vector<GraphEvent> events;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    events.swap(graphEvents_);
  }
  for (const GraphEvent& event : events) {
    // Calls captured into a graph leave no ops.
    if (event.type == GraphEventType::kNodeCreated) callsSinceRecords_ = 0;
    if (dump_.isOpen()) {
      std::vector<std::string> names;
      for (const uint32_t name : stacks.namesOf(event.stack)) names.emplace_back(strings.text(name));
      dump_.graphEvent(event, names);
    }
    if (event.type == GraphEventType::kExecCreated || event.type == GraphEventType::kExecDestroyed) {
      writer_.append(kGraphExecs, event.timeNs, event.exec, event.graph,
                     static_cast<uint8_t>(event.type == GraphEventType::kExecDestroyed ? 1 : 0));
    } else {
      writer_.append(kGraphNodes, event.timeNs, event.node, event.original, event.graph, event.originalGraph,
                     event.nodeType, event.thread, event.stack);
    }
  }
}

void Session::writePendingNames() {
  std::vector<StackTrie::Row> rows;
  stacks.takePending(&rows);
  for (const StackTrie::Row& row : rows) writer_.append(kRangeStacks, row.id, row.parent, row.name, row.domain);
  std::vector<StringTable::Row> texts;
  strings.takePending(&texts);
  for (const StringTable::Row& text : texts) writer_.append(kStrings, text.id, text.text);
  std::vector<std::pair<std::string, std::string>> status;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    // Kept until there is a folder to put them in.
    status.swap(statusPending_);
  }
  for (const auto& [key, value] : status) {
    writer_.append(kStatus, nowNs(), std::string_view(key), std::string_view(value));
  }
}

bool Session::flushFiles() {
  // A process that used CUDA leaves word even when nothing could be captured.
  if (!writer_.isOpen() && !writer_.hasRecords() && !cudaUsed_.load()) return true;
  if (writer_.rowsRefused() > 0) setStatus("droppedUnwritten", std::to_string(writer_.rowsRefused()));
  writePendingNames();
  if (writer_.flush()) return true;
  if (!toldOfDisk_) fprintf(stderr, "gapscope: the trace is incomplete: %s\n", writer_.error().c_str());
  toldOfDisk_ = true;
  return false;
}

void Session::countDropped() {
  if (!cuptiStarted_.load()) return;
  size_t dropped = 0;
  if (cupti.cuptiActivityGetNumDroppedRecords(nullptr, 0, &dropped) == CUPTI_SUCCESS) dropped_ += dropped;
  setStatus("dropped", std::to_string(dropped_));
  setStatus("zeroTimestamps", std::to_string(decoder_.zeroTimestamps()));
  setStatus("unknownRecords", std::to_string(decoder_.unknownRecords()));
  setStatus("buffersOutstanding", std::to_string(pool.outstanding()));
  const std::string problems = collection.problems();
  if (!problems.empty()) setStatus("notEnabled", problems);
}

// Another CUPTI client can register buffer callbacks of its own without subscribing; ours are then no longer called,
// without a word. Calls that go on while records stop are the sign.
void Session::watchForOthers(int64_t now) {
  if (buffersDecoded_ != buffersAtLastFlush_ || !collection.isOn()) callsSinceRecords_ = 0;
  buffersAtLastFlush_ = buffersDecoded_;
  if (callsSinceRecords_ < kCallsWithoutRecords) return;
  setStatus("buffersForeign", "1");
  setStatus("capture", "lost: another CUPTI client in the process took the activity buffers about " +
                           std::to_string((now - bornNs_) / 1'000'000'000) + " s after the start");
}

}  // namespace gapscope::capture
