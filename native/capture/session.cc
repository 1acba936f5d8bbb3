#include "session.h"

#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "cupti_callbacks.h"
#include "thread_id.h"
#include "version.h"

namespace gapscope::capture {
namespace {

std::string fileText(const char* path) {
  std::string text;
  if (FILE* file = fopen(path, "re")) {
    char block[4096];
    size_t length;
    while ((length = fread(block, 1, sizeof block, file)) > 0) text.append(block, length);
    fclose(file);
  }
  return text;
}

std::string commandLine() {
  std::string text = fileText("/proc/self/cmdline");
  while (!text.empty() && text.back() == '\0') text.pop_back();
  for (char& c : text) {
    if (c == '\0') c = ' ';
  }
  return text;
}

// A name fit for a file name, whatever the executable is called.
std::string executableName() {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  std::string name = length > 0 ? std::string(path, static_cast<size_t>(length)) : "process";
  name = name.substr(name.rfind('/') + 1);
  for (char& c : name) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    if (!plain) c = '_';
  }
  return name.empty() ? "process" : name.substr(0, 64);
}

std::string traceFolder(const Settings& settings, int64_t bornNs) {
  return settings.outDir + "/" + executableName() + "-" + std::to_string(getpid()) + "-" +
         std::to_string(bornNs / 1'000'000) + ".trace";
}

arrow::Metadata traceMetadata() {
  return {{"gapscope.version", std::to_string(kTraceVersion)},
          {"gapscope.pid", std::to_string(getpid())},
          {"gapscope.exe", executableName()}};
}

// A thread still makes calls after its end was told: in other objects' destructors, or, the main thread, in exit
// handlers. So what it finds then must not be the log that the service thread may have freed, and lies outside the
// object that is destroyed.
thread_local ThreadLog* ownLog = nullptr;
thread_local const Session* ownLogOf = nullptr;
struct ThreadEnd {
  bool awaited = false;
  ~ThreadEnd() {
    if (ownLog != nullptr) ownLog->threadEnded.store(true);
    ownLog = nullptr;
    ownLogOf = nullptr;
  }
};
thread_local ThreadEnd threadEnd;

}  // namespace

CuptiApi& processCupti() {
  static auto* api = new CuptiApi;  // leaked: CUPTI's threads may outlive static destructors
  return *api;
}

BufferPool& processPool() {
  static auto* pool = new BufferPool;
  return *pool;
}

Session::Session(Settings wanted)
    : settings(std::move(wanted)),
      pid(getpid()),
      cupti(processCupti()),
      pool(processPool()),
      calls(cupti, settings),
      collection(cupti, settings, calls),
      writer_(traceFolder(settings, nowNs()), traceMetadata()),
      decoder_(cupti, strings, writer_),
      ranges_(writer_, decoder_, [this](int64_t start, int64_t end) { return collection.overlaps(start, end); }),
      bornNs_(nowNs()) {
  lastFlushNs_ = bornNs_;
  setStatus("library", kLibraryVersion);
  setStatus("command", commandLine());
  setStatus("capture", "off: the process has not used CUDA");
  setStatus("config.start", settings.start == StartMode::kAll     ? "all"
                            : settings.start == StartMode::kRange ? "range " + settings.range
                                                                  : "cudaProfilerStart");
  setStatus("config.api", settings.api == ApiDomain::kBoth ? "both" : "driver");
  setStatus("config.graphs", settings.wholeGraphs ? "whole" : "nodes");
  setStatus("config.flushMs", std::to_string(settings.flushNs / 1'000'000));
  setStatus("config.bufferBytes", std::to_string(settings.bufferBytes));
  setStatus("config.delayMs", std::to_string(settings.delayNs / 1'000'000));
  setStatus("config.durationMs", std::to_string(settings.durationNs / 1'000'000));
  if (!settings.dumpFile.empty()) dump_.open(settings.dumpFile);
  delayOver_ = settings.delayNs == 0;
  if (settings.start == StartMode::kAll && delayOver_) collection.want(true);
}

bool Session::startThread() {
  // The program's signals are for its own threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  threadRuns_ = pthread_create(&thread_, nullptr, &Session::serviceMain, this) == 0;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (threadRuns_) pthread_setname_np(thread_, "gapscope");
  return threadRuns_;
}

std::string Session::subscribe() {
  if (cupti.subscriber != nullptr) return "";
  char holder[CUPTI_OLD_SUBSCRIBER_NAME_MIN_LEN + 1] = "";
  CUptiResult result;
  if (cupti.cuptiSubscribe_v2 != nullptr) {
    CUpti_SubscriberParams params{};
    params.structSize = CUpti_SubscriberParams_STRUCT_SIZE;
    params.subscriberName = "gapscope";
    params.oldSubscriberName = holder;
    params.oldSubscriberSize = CUPTI_OLD_SUBSCRIBER_NAME_MIN_LEN;
    result = cupti.cuptiSubscribe_v2(&cupti.subscriber, onCallback, nullptr, &params);
  } else {
    result = cupti.cuptiSubscribe(&cupti.subscriber, onCallback, nullptr);
  }
  if (result == CUPTI_SUCCESS) return "";
  cupti.subscriber = nullptr;
  if (result == CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED) {
    const std::string who = holder[0] == '\0' ? "another profiler" : holder;
    return "CUPTI is held by " + who + "; only one profiler can use it at a time";
  }
  return std::string("CUPTI refused the subscription: ") + cupti.text(result);
}

std::string Session::attach() {
  if (cupti.version == 0 && !cupti.load(settings.libcupti)) return cupti.error;
  const std::string refused = subscribe();
  if (!refused.empty()) return refused;
  // Records then carry the same thread ids as ranges do.
  cupti.cuptiSetThreadIdType(CUPTI_ACTIVITY_THREAD_ID_TYPE_SYSTEM);
  const auto attribute = [&](CUpti_ActivityAttribute name, auto value) {
    size_t size = sizeof value;
    return cupti.cuptiActivitySetAttribute(name, &size, &value);
  };
  if (settings.zeroedBuffers) attribute(CUPTI_ACTIVITY_ATTR_ZEROED_OUT_ACTIVITY_BUFFER, uint8_t{1});
  if (settings.devicePoolLimit > 0) {
    attribute(CUPTI_ACTIVITY_ATTR_DEVICE_BUFFER_POOL_LIMIT, size_t{settings.devicePoolLimit});
  }
  // Slots on the device for timestamps: with CUPTI's 3 a graph-heavy run allocates while it launches. More than the
  // limit of the pool, and CUPTI 13.0 crashes.
  const size_t preallocated =
      settings.devicePoolLimit > 0 && settings.devicePoolLimit < 8 ? settings.devicePoolLimit : 8;
  attribute(CUPTI_ACTIVITY_ATTR_DEVICE_BUFFER_PRE_ALLOCATE_VALUE, preallocated);
  const CUptiResult result = cupti.cuptiActivityRegisterCallbacks(bufferRequested, bufferCompleted);
  if (result != CUPTI_SUCCESS) return std::string("CUPTI refused our buffers: ") + cupti.text(result);
  enableCallbacks(*this);
  // One record a device, written when the driver starts: too early for a recording that begins later to ask.
  cupti.cuptiActivityEnable(CUPTI_ACTIVITY_KIND_DEVICE);
  return "";
}

bool Session::startCupti() {
  cudaUsed_.store(true);
  if (cuptiAsked_.exchange(true)) return true;
  pool.configure(settings.bufferBytes, settings.buffers, settings.maxBuffers);
  const std::string problem = attach();
  setStatus("cupti", std::to_string(cupti.version));
  setStatus("cuptiPath", cupti.path);
  setStatus("driver", fileText("/sys/module/nvidia/version"));
  if (!problem.empty()) {
    setStatus("capture", "off: " + problem);
    fprintf(stderr, "gapscope: not capturing the GPU: %s\n", problem.c_str());
    cuptiAsked_.store(false);
    return false;
  }
  // Not before: the service thread calls CUPTI as soon as this is set.
  cuptiStarted_.store(true);
  exitBeforeCupti();
  setStatus("capture", "on");
  collection.ready();
  return true;
}

ThreadLog& Session::threadLog() {
  if (ownLogOf == this) return *ownLog;
  threadEnd.awaited = true;
  auto log = std::make_unique<ThreadLog>(currentThreadId());
  ThreadLog* const made = log.get();
  std::lock_guard<std::mutex> lock(mutex_);
  logs_.push_back(std::move(log));
  ownLog = made;
  ownLogOf = this;
  return *made;
}

void Session::addGraphEvent(const GraphEvent& event) {
  std::lock_guard<std::mutex> lock(mutex_);
  graphEvents_.push_back(event);
}

bool Session::matches(std::string_view name) const {
  const std::string text(name);
  if (fnmatch(settings.range.c_str(), text.c_str(), 0) == 0) return true;
  // As everywhere in gapscope, `temporal_block:*` stands for temporal_block_3 as well.
  std::string underscored = settings.range;
  for (char& c : underscored) {
    if (c == ':') c = '_';
  }
  return underscored != settings.range && fnmatch(underscored.c_str(), text.c_str(), 0) == 0;
}

void Session::rangeOpened(std::string_view name) {
  if (!matches(name)) return;
  if (matchingRanges_.fetch_add(1) == 0) collection.want(true);
}

void Session::rangeClosed(std::string_view name) {
  if (!matches(name)) return;
  if (matchingRanges_.fetch_sub(1) == 1) collection.want(false);
}

void Session::setStatus(const std::string& key, const std::string& value) {
  std::string text = value;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  std::lock_guard<std::mutex> lock(mutex_);
  const auto [place, isNew] = status_.try_emplace(key, text);
  if (!isNew && place->second == text) return;
  place->second = text;
  statusPending_.emplace_back(key, text);
}

std::string Session::statusJson() {
  std::lock_guard<std::mutex> lock(mutex_);
  std::string json = "{";
  for (const auto& [key, value] : status_) {
    if (json.size() > 1) json += ",";
    json += "\"" + key + "\":\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') json += '\\';
      json += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    json += "\"";
  }
  return json + "}";
}

void Session::wake() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    wake_ = true;
  }
  wakeUp_.notify_one();
}

void Session::finish() {
  // Who comes second waits: the process may end when it returns.
  std::lock_guard<std::mutex> one(finishing_);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (finished_ || getpid() != pid) return;
    finished_ = true;
  }
  if (cuptiStarted_.load()) {
    // Forced: also buffers with a kernel still running come back; that one kernel is lost, and counted.
    cupti.cuptiActivityFlushAll(CUPTI_ACTIVITY_FLAG_FLUSH_FORCED);
    collection.want(false);
    collection.freeze();
    cupti.cuptiActivityFlushAll(CUPTI_ACTIVITY_FLAG_FLUSH_FORCED);
    // CUPTI may return a buffer a moment after the flush that asked for it.
    for (int i = 0; i < 50 && pool.outstanding() > 0; ++i) usleep(1000);
  }
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wakeUp_.notify_one();
  if (threadRuns_) pthread_join(thread_, nullptr);
}

void Session::abandon() {
  writer_.abandon();
  dump_.abandon();
}

}  // namespace gapscope::capture
