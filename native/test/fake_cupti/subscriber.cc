#include "subscriber.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <utility>

#include "fakecupti.h"
#include "faults.h"

namespace fakecupti {
namespace {

std::mutex& mutex = *new std::mutex;  // guards what follows; not held while the client is called
CUpti_CallbackFunc callback = nullptr;
void* callbackUser = nullptr;
auto& enabled = *new std::set<std::pair<int, CUpti_CallbackId>>;
std::atomic<uint64_t> broken{0};
thread_local Inside::Where present = Inside::kNowhere;

CUpti_SubscriberHandle handle() {
  static int subscriber;
  return reinterpret_cast<CUpti_SubscriberHandle>(&subscriber);
}

CUptiResult subscribe(CUpti_SubscriberHandle* out, CUpti_CallbackFunc function, void* user) {
  if (hasFault("refused")) return CUPTI_ERROR_UNKNOWN;
  std::lock_guard<std::mutex> lock(mutex);
  if (hasFault("held") || callback != nullptr) return CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED;
  callback = function;
  callbackUser = user;
  *out = handle();
  return CUPTI_SUCCESS;
}

}  // namespace

Inside::Inside(Where where) : before_(present) { present = where; }
Inside::~Inside() { present = before_; }
Inside::Where Inside::where() { return present; }

void violation(const char* rule) {
  broken.fetch_add(1);
  fprintf(stderr, "fakecupti: rule broken: %s\n", rule);
}

uint64_t violations() { return broken.load(); }

void callBack(CUpti_CallbackDomain domain, CUpti_CallbackId id, const void* data) {
  CUpti_CallbackFunc function;
  void* user;
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (callback == nullptr || enabled.count({domain, id}) == 0) return;
    function = callback;
    user = callbackUser;
  }
  const Inside inside(domain == CUPTI_CB_DOMAIN_RESOURCE ? Inside::kResourceCallback : Inside::kDriverCallback);
  function(user, domain, id, data);
}

}  // namespace fakecupti

using fakecupti::callback;
using fakecupti::enabled;

extern "C" {

CUptiResult cuptiSubscribe(CUpti_SubscriberHandle* subscriber, CUpti_CallbackFunc function, void* user) {
  return fakecupti::subscribe(subscriber, function, user);
}

CUptiResult cuptiSubscribe_v2(CUpti_SubscriberHandle* subscriber, CUpti_CallbackFunc function, void* user,
                              CUpti_SubscriberParams* params) {
  if (params != nullptr && params->structSize != CUpti_SubscriberParams_STRUCT_SIZE) {
    return CUPTI_ERROR_INVALID_PARAMETER;
  }
  const CUptiResult result = fakecupti::subscribe(subscriber, function, user);
  if (result == CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED && params != nullptr &&
      params->oldSubscriberName != nullptr) {
    if (params->oldSubscriberSize < CUPTI_OLD_SUBSCRIBER_NAME_MIN_LEN) return CUPTI_ERROR_INVALID_PARAMETER;
    const char* holder = getenv("FAKECUPTI_HOLDER");
    snprintf(params->oldSubscriberName, params->oldSubscriberSize, "%s", holder == nullptr ? "" : holder);
  }
  return result;
}

CUptiResult cuptiUnsubscribe(CUpti_SubscriberHandle subscriber) {
  if (subscriber != fakecupti::handle()) return CUPTI_ERROR_INVALID_PARAMETER;
  std::lock_guard<std::mutex> lock(fakecupti::mutex);
  callback = nullptr;
  enabled.clear();
  return CUPTI_SUCCESS;
}

CUptiResult cuptiEnableCallback(uint32_t enable, CUpti_SubscriberHandle subscriber, CUpti_CallbackDomain domain,
                                CUpti_CallbackId id) {
  if (subscriber != fakecupti::handle()) return CUPTI_ERROR_INVALID_PARAMETER;
  std::lock_guard<std::mutex> lock(fakecupti::mutex);
  if (enable != 0) {
    enabled.insert({domain, id});
  } else {
    enabled.erase({domain, id});
  }
  return CUPTI_SUCCESS;
}

uint32_t fakecupti_calls_enabled(int driver) {
  std::lock_guard<std::mutex> lock(fakecupti::mutex);
  const int domain = driver != 0 ? CUPTI_CB_DOMAIN_DRIVER_API : CUPTI_CB_DOMAIN_RUNTIME_API;
  uint32_t count = 0;
  for (const auto& [in, id] : enabled) count += in == domain ? 1 : 0;
  return count;
}

CUptiResult cuptiEnableDomain(uint32_t, CUpti_SubscriberHandle subscriber, CUpti_CallbackDomain) {
  fakecupti::violation("whole callback domains cost too much; enable single callbacks");
  return subscriber == fakecupti::handle() ? CUPTI_SUCCESS : CUPTI_ERROR_INVALID_PARAMETER;
}

}  // extern "C"
