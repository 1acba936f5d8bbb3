// Which session this process has, and what fork and exit do to it.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>

#include "session.h"

namespace gapscope::capture {
namespace {

std::atomic<Session*> current{nullptr};
std::atomic<bool> closed{false};  // no more sessions: the process is ending, or is a child that cannot capture
std::atomic<bool> registered{false};

void onExit() {
  closed.store(true);
  try {
    endSession();
  } catch (...) {
    // Out of memory: the trace ends where it was written to.
  }
}

// The child has neither our thread nor CUPTI's, and locks may be held by threads that are not here: so nothing of
// the parent's session is touched but its file descriptors. A child of a process that had not used CUDA may do so
// itself, and gets a session of its own then.
void onForkChild() {
  Session* session = current.exchange(nullptr);
  if (session == nullptr) return;
  if (session->usesCupti()) closed.store(true);
  session->abandon();
}

Session* create(const Settings& settings) {
  auto* made = new Session(settings);
  Session* none = nullptr;
  if (!current.compare_exchange_strong(none, made)) {
    delete made;
    return none;  // the one that was quicker
  }
  // Once, and not in the children: they inherit both.
  if (!registered.exchange(true)) {
    atexit(onExit);
    pthread_atfork(nullptr, nullptr, onForkChild);
  }
  if (made->startThread()) return made;
  // Nobody would empty its queues. Left behind: another thread may be in one of its functions.
  current.store(nullptr);
  closed.store(true);
  fprintf(stderr, "gapscope: not recording: no thread could be started\n");
  return nullptr;
}

}  // namespace

void exitBeforeCupti() {
  static std::atomic<bool> done{false};
  if (!done.exchange(true)) atexit(onExit);
}

Session* existingSession() { return current.load(std::memory_order_acquire); }

Session* session() {
  Session* existing = existingSession();
  if (existing != nullptr) return existing;
  if (closed.load()) return nullptr;
  return create(settingsFromEnvironment());
}

bool restartSession(const char* outDir) {
  if (closed.load() || existingSession() != nullptr) return false;
  Settings settings = settingsFromEnvironment();
  if (outDir != nullptr && *outDir != '\0') settings.outDir = outDir;
  std::vector<BufferPool::Filled> stale;
  processPool().takeFilled(&stale);
  for (const BufferPool::Filled& buffer : stale) processPool().giveBack(buffer.data, buffer.validBytes);
  Session* made = create(settings);
  return made != nullptr && made->startCupti();
}

void endSession() {
  Session* session = existingSession();
  if (session == nullptr) return;
  session->finish();
  // Leaked: another thread may be in one of its functions.
  current.store(nullptr, std::memory_order_release);
}

}  // namespace gapscope::capture
