// A program without a GPU that uses "CUDA": harness COMMAND… , each with its arguments.
//
// clang-format off
//   import               libcupti is loaded, as `import torch` does
//   init                 cuInit: the driver calls the library
//   device               the fake's GPU is described
//   emit N               N rounds of work
//   threads T N          N rounds on each of T threads
//   stream MS            rounds for so long; "progress" lines say how many were done when
//   graph NODES REPLAYS  a graph captured, instantiated, replayed
//   capture NODES        launches captured into a graph that is never replayed
//   events               events recorded and waited for
//   replay FILE T        a recording, on T threads
//   push NAME | pop      NVTX
//   profiler start|stop
//   begin | end          a call's start, and its end
//   fail                 an allocation that fails
//   start DIR | stop     the library's own interface
//   status               its status, printed
//   steal                another client takes the buffers
//   launches N | allocations N    N such calls and nothing on the GPU
//   fork exit|_exit      a child that emits, uses NVTX and leaves
//   limit BYTES | unlimit         the size a file may have
//   atexit               rounds in an exit handler registered before the library's
//   late                 a thread whose last rounds are in destructors of its thread-local objects
//   sleep MS
//   written              waits until the trace's last file is there
//   counts               the fake's, printed
//   kill | killer MS     SIGKILL at once, or from another thread, then
//   disabled             fails unless nothing that happens in time is enabled
// clang-format on
#include <cupti.h>
#include <nvtx3/nvToolsExt.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "standing.h"
#include "workload.h"

namespace {

using harness::Call;
using harness::fake;
using harness::library;
using harness::oneRound;

int argumentsLeft;
char** arguments;
std::unique_ptr<Call> openCall;

std::string next() {
  if (argumentsLeft == 0) {
    fprintf(stderr, "harness: an argument is missing\n");
    exit(2);
  }
  --argumentsLeft;
  return *arguments++;
}
long number() { return strtol(next().c_str(), nullptr, 10); }

void sleepMs(long ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

void emit(long count) {
  for (long i = 0; i < count; ++i) oneRound();
}

void emitOnThreads() {
  const long count = number();
  const long each = number();
  std::vector<std::thread> threads;
  for (long i = 0; i < count; ++i) {
    threads.emplace_back([=] {
      nvtxRangePushA(("worker:" + std::to_string(i)).c_str());
      emit(each);
      nvtxRangePop();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void stream() {
  const int64_t end = harness::nowNs() + number() * 1'000'000;
  for (int64_t told = 0, now = harness::nowNs(); now < end; now = harness::nowNs()) {
    emit(20);
    if (now - told > 20'000'000) {
      printf("progress %lld %llu\n", static_cast<long long>(now), static_cast<unsigned long long>(harness::rounds()));
      fflush(stdout);
      told = now;
    }
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

// The ranges that were open when a recorded node was made are opened here, too.
void openStack(const char* const* names, uint32_t depth, void* user) {
  auto& open = *static_cast<uint32_t*>(user);
  for (; open > 0; --open) nvtxRangePop();
  for (; open < depth; ++open) nvtxRangePushA(names[open]);
}

void replay() {
  const std::string file = next();
  const auto threads = static_cast<int>(number());
  uint32_t open = 0;
  const int64_t records = fake().replay(file.c_str(), threads, openStack, &open);
  for (; open > 0; --open) nvtxRangePop();
  if (records < 0) exit(2);
  printf("replayed %lld\n", static_cast<long long>(records));
}

void forkChild() {
  const bool runsHandlers = next() == "exit";
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    emit(100);
    nvtxRangePushA("in the child");
    nvtxRangePop();
    library().initialize();
    emit(100);
    if (runsHandlers) exit(0);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  printf("child %d %d\n", static_cast<int>(child), status);
}

void fileLimit(bool limited) {
  static rlim_t before = 0;
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  if (limited) {
    before = limit.rlim_cur;
    signal(SIGXFSZ, SIG_IGN);
    limit.rlim_cur = static_cast<rlim_t>(number());
  } else {
    limit.rlim_cur = before;
  }
  setrlimit(RLIMIT_FSIZE, &limit);
}

void counts() {
  printf("counts {\"rounds\":%llu", static_cast<unsigned long long>(harness::rounds()));
  for (const char* what : {"emitted", "dropped", "requested", "completed", "flushes", "violations"}) {
    printf(",\"%s\":%llu", what, static_cast<unsigned long long>(fake().count(what)));
  }
  printf("}\n");
}

void requireDisabled() {
  for (uint32_t kind = 1; kind < CUPTI_ACTIVITY_KIND_COUNT; ++kind) {
    // Devices are told of once, whatever is collected.
    if (kind == CUPTI_ACTIVITY_KIND_DEVICE || fake().kind_enabled(kind) == 0) continue;
    fprintf(stderr, "harness: kind %u is enabled\n", kind);
    exit(3);
  }
  // The profiler's start and stop are listened to throughout.
  const uint32_t allowed = getenv("GAPSCOPE_PROFILER_API") == nullptr ? 0 : 2;
  if (fake().calls_enabled(1) == allowed && fake().calls_enabled(0) == 0) return;
  fprintf(stderr, "harness: calls are listened to\n");
  exit(3);
}

void callOften(uint32_t cbid) {
  for (long i = number(); i > 0; --i) const Call call(true, cbid, harness::nextCorrelation());
}

void capture() {
  const long nodes = number();
  for (long i = 0; i < nodes; ++i) {
    const Call call(true, CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel, harness::nextCorrelation());
    const auto node = static_cast<uint64_t>(i) + (uint64_t{0xffff} << 32);
    fake().graph_event(CUPTI_CBID_RESOURCE_GRAPHNODE_CREATED, node, 0, 0xffff, 0, 0, 0);
  }
}

void awaitFiles() {
  namespace fs = std::filesystem;
  for (;; sleepMs(1)) {
    for (const auto& entry : fs::directory_iterator(getenv("GAPSCOPE_OUT"))) {
      if (fs::exists(entry.path() / "clock.arrows")) return;
    }
  }
}

void late() {
  std::thread([] {
    // Made before the library's own thread-local objects, so destroyed after them; slowly, as files are written.
    struct Last {
      ~Last() {
        sleepMs(200);
        emit(100);
      }
    };
    thread_local Last last;
    static_cast<void>(&last);
    emit(100);
  }).join();
}

void inAWhileKill() {
  const long ms = number();
  std::thread([ms] {
    sleepMs(ms);
    kill(getpid(), SIGKILL);
  }).detach();
}

const std::map<std::string, std::function<void()>>& commands() {
  static const std::map<std::string, std::function<void()>> table = {
      {"import", [] { fake(); }},
      {"init", [] { library().initialize(); }},
      {"device", [] { fake().emit_device(); }},
      {"emit", [] { emit(number()); }},
      {"threads", emitOnThreads},
      {"stream", stream},
      {"graph",
       [] {
         const long nodes = number();
         harness::graph(static_cast<uint32_t>(nodes), static_cast<uint32_t>(number()));
       }},
      {"replay", replay},
      {"push", [] { nvtxRangePushA(next().c_str()); }},
      {"pop", [] { nvtxRangePop(); }},
      {"profiler",
       [] {
         const bool starts = next() == "start";
         const Call call(true,
                         starts ? CUPTI_DRIVER_TRACE_CBID_cuProfilerStart : CUPTI_DRIVER_TRACE_CBID_cuProfilerStop, 0);
       }},
      {"start", [] { printf("started %d\n", library().start(next().c_str())); }},
      {"stop", [] { printf("stopped %d\n", library().stop()); }},
      {"status", [] { printf("status %s\n", library().status()); }},
      {"steal", [] { fake().steal_buffers(); }},
      {"launches", [] { callOften(CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel); }},
      {"allocations", [] { callOften(CUPTI_DRIVER_TRACE_CBID_cuMemAlloc_v2); }},
      {"capture", capture},
      {"events", harness::events},
      {"begin",
       [] {
         openCall = std::make_unique<Call>(true, CUPTI_DRIVER_TRACE_CBID_cuMemAlloc_v2, harness::nextCorrelation());
       }},
      {"end", [] { openCall.reset(); }},
      {"fail",
       [] {
         const Call call(true, CUPTI_DRIVER_TRACE_CBID_cuMemAlloc_v2, harness::nextCorrelation(), FAKECUPTI_NONE,
                         FAKECUPTI_NONE, CUDA_ERROR_OUT_OF_MEMORY);
       }},
      {"atexit", [] { atexit([] { emit(100); }); }},
      {"late", late},
      {"written", awaitFiles},
      {"fork", forkChild},
      {"sleep", [] { sleepMs(number()); }},
      {"limit", [] { fileLimit(true); }},
      {"unlimit", [] { fileLimit(false); }},
      {"counts", counts},
      {"kill", [] { kill(getpid(), SIGKILL); }},
      {"killer", inAWhileKill},
      {"disabled", requireDisabled},
  };
  return table;
}

}  // namespace

// NVTX's header reads its state and its function pointers while another thread's first call may be setting them, by
// design.
extern "C" __attribute__((visibility("default"))) const char* __tsan_default_suppressions() {
  return "race_top:nvtxRange\nrace_top:nvtxInitOnce\n";
}

int main(int argc, char** argv) {
  argumentsLeft = argc - 1;
  arguments = argv + 1;
  while (argumentsLeft > 0) {
    const std::string name = next();
    const auto found = commands().find(name);
    if (found == commands().end()) {
      fprintf(stderr, "harness: no command %s\n", name.c_str());
      return 2;
    }
    found->second();
    fflush(stdout);
  }
  return 0;
}
