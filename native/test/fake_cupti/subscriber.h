// The one client that subscribed, and which callbacks it wants.
#pragma once

#include <cupti.h>

namespace fakecupti {

void callBack(CUpti_CallbackDomain domain, CUpti_CallbackId id, const void* data);

// Set while the client is being called: some CUPTI functions may not be called from there.
struct Inside {
  enum Where { kNowhere, kBufferCallback, kResourceCallback, kDriverCallback };
  explicit Inside(Where where);
  ~Inside();
  static Where where();

 private:
  Where before_;
};

// The client broke one of CUPTI's rules: told on stderr and counted.
void violation(const char* rule);
uint64_t violations();

}  // namespace fakecupti
