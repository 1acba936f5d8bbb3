/* Uses NVTX in every way our handlers know, and CUDA in none: nvtx_program [fork|leave-open|payloads|loop N]
   Run with NVTX_INJECTION64_PATH naming the capture library. What it does is what test/native/nvtx.test.ts expects. */
#include <nvtx3/nvToolsExt.h>
#if defined(__has_include)
#if __has_include(<nvtx3/nvToolsExtPayload.h>)
#include <nvtx3/nvToolsExtPayload.h>
#define HAS_PAYLOADS 1
#endif
#endif
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static nvtxDomainHandle_t domain;
static nvtxRangeId_t across;

static nvtxEventAttributes_t attributes(void) {
  nvtxEventAttributes_t a = {0};
  a.version = NVTX_VERSION;
  a.size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
  return a;
}

static void rest(long microseconds) {
  struct timespec time = {0, microseconds * 1000};
  nanosleep(&time, NULL);
}

static void nested(const char* who) {
  char name[64];
  for (int layer = 0; layer < 3; ++layer) {
    snprintf(name, sizeof name, "%s layer:%d", who, layer);
    nvtxRangePushA(name);
    nvtxRangePushA("attention");
    rest(200);
    nvtxRangePop();
    nvtxRangePushA("mlp");
    rest(100);
    nvtxRangePop();
    nvtxRangePop();
  }
}

static void* otherThread(void* unused) {
  (void)unused;
  nvtxRangePushA("thread");
  nested("other");
  nvtxRangePop();
  nvtxRangeEnd(across); /* begun on the main thread */
  return NULL;
}

static void everyWay(void) {
  nvtxRangePushA("main");
  nested("main");

  /* Two domains interleaved: each pops its own. */
  domain = nvtxDomainCreateA("model");
  nvtxEventAttributes_t a = attributes();
  a.messageType = NVTX_MESSAGE_TYPE_REGISTERED;
  a.message.registered = nvtxDomainRegisterStringA(domain, "registered");
  nvtxDomainRangePushEx(domain, &a);
  nvtxRangePushA("default inside");
  nvtxDomainRangePop(domain);
  nvtxRangePop();

  nvtxEventAttributes_t wide = attributes();
  wide.messageType = NVTX_MESSAGE_TYPE_UNICODE;
  wide.message.unicode = L"gr\u00f6\u00dfer \u65e5\u672c";
  nvtxRangePushEx(&wide);
  nvtxRangePop();
  nvtxRangePushA("with \"quotes\" and \\");
  nvtxRangePop();
  nvtxRangePushA("");
  nvtxRangePop();
  nvtxRangePushW(L"wide");
  nvtxRangePop();

  nvtxMarkA("mark");
  nvtxDomainMarkEx(domain, &a);

  nvtxRangeId_t first = nvtxRangeStartA("first");
  nvtxRangeId_t second = nvtxRangeStartA("second");
  nvtxRangeEnd(first);
  nvtxRangeEnd(second);
  across = nvtxRangeStartA("across threads");
  pthread_t thread;
  pthread_create(&thread, NULL, otherThread, NULL);
  pthread_join(thread, NULL);
  nvtxRangePop();

  nvtxRangePop();          /* one too many */
  nvtxRangeEnd(987654321); /* never begun */
}

/* Opens and closes ranges as NCCL does. */
static int withPayloads(void) {
#ifdef HAS_PAYLOADS
  const long size = 42;
  nvtxPayloadData_t payload = {NVTX_PAYLOAD_ENTRY_TYPE_INT64, sizeof size, &size};
  nvtxDomainHandle_t nccl = nvtxDomainCreateA("NCCL");
  nvtxEventAttributes_t a = attributes();
  a.messageType = NVTX_MESSAGE_TYPE_REGISTERED;
  a.message.registered = nvtxDomainRegisterStringA(nccl, "ncclCommInitRankConfig");
  nvtxRangePushA("step");
  nvtxDomainRangePushEx(nccl, &a);
  rest(100);
  nvtxRangePopPayload(nccl, &payload, 1);
  nvtxRangePushPayload(nccl, &payload, 1);
  nvtxDomainRangePop(nccl);
  const nvtxRangeId_t id = nvtxRangeStartPayload(nccl, &payload, 1);
  nvtxMarkPayload(nccl, &payload, 1);
  nvtxRangeEndPayload(nccl, id, &payload, 1);
  nvtxRangePushA("after");
  nvtxRangePop();
  nvtxRangePop();
  return 0;
#else
  fprintf(stderr, "built without nvToolsExtPayload.h\n");
  return 3;
#endif
}

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  if (strcmp(mode, "loop") == 0) {
    const long count = argc > 2 ? atol(argv[2]) : 1000000;
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (long i = 0; i < count; ++i) {
      nvtxRangePushA(i % 2 == 0 ? "even" : "odd");
      nvtxRangePop();
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    const double ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
    printf("%.1f\n", ns / (double)count);
    return 0;
  }
  if (strcmp(mode, "payloads") == 0) return withPayloads();
  everyWay();
  if (strcmp(mode, "fork") == 0) {
    nvtxRangePushA("before fork");
    const pid_t child = fork();
    if (child == 0) {
      nvtxRangePushA("child");
      nvtxRangePop();
      exit(0);
    }
    waitpid(child, NULL, 0);
    printf("%d\n", (int)child);
    nvtxRangePop();
  }
  if (strcmp(mode, "leave-open") == 0) {
    nvtxRangePushA("never closed");
    nvtxRangeStartA("never ended");
    rest(1000);
  }
  return 0;
}
