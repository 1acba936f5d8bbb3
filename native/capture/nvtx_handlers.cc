// Our own NVTX: ranges cost two clock readings and two queue entries, need no GPU, and leave the stack of open
// ranges where graph capture can see it. NVTX is header-only: every library of the program that uses it asks for
// handlers on its own, so `InitializeInjectionNvtx2` is called several times.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <wchar.h>

#include <atomic>
#include <string>
#include <string_view>

#include "clock.h"
#include "session.h"

// The types of NVTX's tool interface are reachable only through its public header.
#include <nvtx3/nvToolsExt.h>

#define GAPSCOPE_EXPORT extern "C" __attribute__((visibility("default")))

namespace gapscope::capture {
namespace {

// NVTX hands these back to us: pointers to what we interned.
struct Domain {
  uint32_t name;
};
struct RegisteredString {
  std::string text;
};

std::atomic<uint64_t> lastRangeId{0};

std::string narrow(const wchar_t* text) noexcept try {
  std::string out;
  for (; text != nullptr && *text != L'\0'; ++text) {
    const auto c = static_cast<uint32_t>(*text);
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xc0 | (c >> 6));
      out += static_cast<char>(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
      out += static_cast<char>(0xe0 | (c >> 12));
      out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
      out += static_cast<char>(0x80 | (c & 0x3f));
    } else {
      out += static_cast<char>(0xf0 | (c >> 18));
      out += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
      out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
      out += static_cast<char>(0x80 | (c & 0x3f));
    }
  }
  return out;
} catch (...) {
  return std::string();
}

uint32_t domainName(nvtxDomainHandle_t domain) {
  return domain == nullptr ? 0 : reinterpret_cast<const Domain*>(domain)->name;
}

uint32_t nameOf(Session& session, ThreadLog& log, std::string_view text) {
  return log.names.lookup(session.strings, text.data(), text.size());
}

uint32_t nameOf(Session& session, ThreadLog& log, const nvtxEventAttributes_t* attributes) {
  if (attributes == nullptr) return 0;
  switch (attributes->messageType) {
    case NVTX_MESSAGE_TYPE_ASCII:
      return attributes->message.ascii == nullptr ? 0 : nameOf(session, log, attributes->message.ascii);
    case NVTX_MESSAGE_TYPE_UNICODE: return nameOf(session, log, narrow(attributes->message.unicode));
    case NVTX_MESSAGE_TYPE_REGISTERED: {
      const auto* text = reinterpret_cast<const RegisteredString*>(attributes->message.registered);
      return text == nullptr ? 0 : nameOf(session, log, text->text);
    }
    default: return 0;
  }
}

// `Message` is whatever `nameOf` takes.
template <class Message>
int push(nvtxDomainHandle_t domain, const Message& message) noexcept {
  try {
    Session* session = capture::session();
    if (session == nullptr) return 0;
    ThreadLog& log = session->threadLog();
    const uint32_t name = nameOf(*session, log, message);
    const uint32_t inDomain = domainName(domain);
    if (session->settings.start == StartMode::kRange) session->rangeOpened(session->strings.text(name));
    log.stack.push_back({name, inDomain, 0});
    log.ranges.add({nowNs(), 0, name, inDomain, RangeEventType::kPush});
    return static_cast<int>(log.stack.size()) - 1;
  } catch (...) {
    return 0;
  }
}

int pop(nvtxDomainHandle_t domain) noexcept {
  try {
    Session* session = existingSession();
    if (session == nullptr) return 0;
    const int64_t now = nowNs();
    ThreadLog& log = session->threadLog();
    const uint32_t inDomain = domainName(domain);
    for (size_t i = log.stack.size(); i-- > 0;) {
      if (log.stack[i].domain != inDomain) continue;
      const uint32_t name = log.stack[i].name;
      // A range of another domain that lies above has a shorter stack from now on.
      for (size_t above = i + 1; above < log.stack.size(); ++above) log.stack[above].stackId = 0;
      log.stack.erase(log.stack.begin() + static_cast<ptrdiff_t>(i));
      log.ranges.add({now, 0, name, inDomain, RangeEventType::kPop});
      if (session->settings.start == StartMode::kRange) session->rangeClosed(session->strings.text(name));
      return static_cast<int>(i);
    }
  } catch (...) {
  }
  return 0;
}

template <class Message>
void mark(nvtxDomainHandle_t domain, const Message& message) noexcept {
  try {
    Session* session = capture::session();
    if (session == nullptr) return;
    ThreadLog& log = session->threadLog();
    log.ranges.add({nowNs(), 0, nameOf(*session, log, message), domainName(domain), RangeEventType::kMark});
  } catch (...) {
  }
}

template <class Message>
nvtxRangeId_t start(nvtxDomainHandle_t domain, const Message& message) noexcept {
  const uint64_t id = ++lastRangeId;
  try {
    Session* session = capture::session();
    if (session == nullptr) return id;
    ThreadLog& log = session->threadLog();
    log.ranges.add({nowNs(), id, nameOf(*session, log, message), domainName(domain), RangeEventType::kStart});
  } catch (...) {
  }
  return id;
}

void end(nvtxRangeId_t id) noexcept {
  try {
    Session* session = existingSession();
    if (session != nullptr) session->threadLog().ranges.add({nowNs(), id, 0, 0, RangeEventType::kEnd});
  } catch (...) {
  }
}

using Text = std::string_view;
Text textOf(const char* text) { return text == nullptr ? Text() : Text(text); }

void NVTX_API markEx(const nvtxEventAttributes_t* a) { mark(nullptr, a); }
void NVTX_API markA(const char* m) { mark(nullptr, textOf(m)); }
void NVTX_API markW(const wchar_t* m) { mark(nullptr, Text(narrow(m))); }
nvtxRangeId_t NVTX_API startEx(const nvtxEventAttributes_t* a) { return start(nullptr, a); }
nvtxRangeId_t NVTX_API startA(const char* m) { return start(nullptr, textOf(m)); }
nvtxRangeId_t NVTX_API startW(const wchar_t* m) { return start(nullptr, Text(narrow(m))); }
void NVTX_API rangeEnd(nvtxRangeId_t id) { end(id); }
int NVTX_API pushEx(const nvtxEventAttributes_t* a) { return push(nullptr, a); }
int NVTX_API pushA(const char* m) { return push(nullptr, textOf(m)); }
int NVTX_API pushW(const wchar_t* m) { return push(nullptr, Text(narrow(m))); }
int NVTX_API rangePop() { return pop(nullptr); }

void NVTX_API domainMarkEx(nvtxDomainHandle_t d, const nvtxEventAttributes_t* a) { mark(d, a); }
nvtxRangeId_t NVTX_API domainStartEx(nvtxDomainHandle_t d, const nvtxEventAttributes_t* a) { return start(d, a); }
void NVTX_API domainEnd(nvtxDomainHandle_t, nvtxRangeId_t id) { end(id); }
int NVTX_API domainPushEx(nvtxDomainHandle_t d, const nvtxEventAttributes_t* a) { return push(d, a); }
int NVTX_API domainPop(nvtxDomainHandle_t d) { return pop(d); }

// Handles live as long as the process: NVTX lets a program use them after it destroyed them.
nvtxStringHandle_t registerText(Text text) noexcept {
  try {
    return reinterpret_cast<nvtxStringHandle_t>(new RegisteredString{std::string(text)});
  } catch (...) {
    return nullptr;
  }
}
nvtxStringHandle_t NVTX_API registerStringA(nvtxDomainHandle_t, const char* text) { return registerText(textOf(text)); }
nvtxStringHandle_t NVTX_API registerStringW(nvtxDomainHandle_t, const wchar_t* text) {
  return registerText(narrow(text));
}
nvtxDomainHandle_t makeDomain(std::string_view name) noexcept {
  try {
    Session* session = capture::session();
    auto* domain = new Domain{session == nullptr ? 0 : session->strings.intern(name)};
    return reinterpret_cast<nvtxDomainHandle_t>(domain);
  } catch (...) {
    return nullptr;
  }
}
nvtxDomainHandle_t NVTX_API createDomainA(const char* name) { return makeDomain(textOf(name)); }
nvtxDomainHandle_t NVTX_API createDomainW(const wchar_t* name) { return makeDomain(narrow(name)); }

// The payload extension. What a program says beside its ranges is not recorded, but where they begin and end is: NCCL
// opens its ranges with the functions above and closes some of them with these, and a range that stays open would stand
// around all that follows on its thread.
constexpr std::string_view kPayload = "(payload)";

int NVTX_API pushPayload(nvtxDomainHandle_t d, const void*, size_t) { return push(d, kPayload); }
int NVTX_API popPayload(nvtxDomainHandle_t d, const void*, size_t) { return pop(d); }
nvtxRangeId_t NVTX_API startPayload(nvtxDomainHandle_t d, const void*, size_t) { return start(d, kPayload); }
void NVTX_API endPayload(nvtxDomainHandle_t, nvtxRangeId_t id, const void*, size_t) { end(id); }
void NVTX_API markPayload(nvtxDomainHandle_t d, const void*, size_t) { mark(d, kPayload); }

// As in nvtxDetail/nvtxExtTypes.h and nvToolsExtPayload.h, which toolkits before 12 do not have.
struct ExtensionSegment {
  size_t id;
  size_t slots;
  intptr_t* functions;
};
struct ExtensionModule {
  uint16_t nvtxVersion;
  uint16_t size;
  uint16_t id;
  uint16_t compatibility;
  size_t segmentCount;
  ExtensionSegment* segments;
  const void* getExportFunction;
  const void* info;
};
constexpr uint16_t kPayloadModule = 2;
enum PayloadFunction : size_t { kMarkPayload = 2, kPushPayload, kPopPayload, kStartPayload, kEndPayload };

template <class Function>
void install(const ExtensionSegment& segment, PayloadFunction which, Function* handler) {
  if (which < segment.slots) segment.functions[which] = reinterpret_cast<intptr_t>(handler);
}

template <class Function>
void install(NvtxFunctionTable table, unsigned int size, unsigned int id, Function* handler) {
  if (id < size && table[id] != nullptr) *table[id] = reinterpret_cast<NvtxFunctionPointer>(handler);
}

}  // namespace
}  // namespace gapscope::capture

// Called by NVTX for each of its extensions, in every library that uses one. 1: handlers are in place.
GAPSCOPE_EXPORT int InitializeInjectionNvtxExtension(void* moduleInfo) {
  using namespace gapscope::capture;
  const auto* module = static_cast<const ExtensionModule*>(moduleInfo);
  if (module == nullptr || module->size < sizeof(ExtensionModule) || module->id != kPayloadModule) return 0;
  if (module->segmentCount == 0 || module->segments == nullptr) return 0;
  const ExtensionSegment& segment = module->segments[0];
  if (segment.functions == nullptr) return 0;
  install(segment, kMarkPayload, markPayload);
  install(segment, kPushPayload, pushPayload);
  install(segment, kPopPayload, popPayload);
  install(segment, kStartPayload, startPayload);
  install(segment, kEndPayload, endPayload);
  return 1;
}

// Called by NVTX in every library that uses it. 1: handlers are in place.
GAPSCOPE_EXPORT int InitializeInjectionNvtx2(NvtxGetExportTableFunc_t getExportTable) {
  using namespace gapscope::capture;
  if (getExportTable == nullptr) return 0;
  const auto* callbacks = static_cast<const NvtxExportTableCallbacks*>(getExportTable(NVTX_ETID_CALLBACKS));
  if (callbacks == nullptr || callbacks->GetModuleFunctionTable == nullptr) return 0;
  NvtxFunctionTable table = nullptr;
  unsigned int size = 0;
  if (callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE, &table, &size) != 0) {
    install(table, size, NVTX_CBID_CORE_MarkEx, markEx);
    install(table, size, NVTX_CBID_CORE_MarkA, markA);
    install(table, size, NVTX_CBID_CORE_MarkW, markW);
    install(table, size, NVTX_CBID_CORE_RangeStartEx, startEx);
    install(table, size, NVTX_CBID_CORE_RangeStartA, startA);
    install(table, size, NVTX_CBID_CORE_RangeStartW, startW);
    install(table, size, NVTX_CBID_CORE_RangeEnd, rangeEnd);
    install(table, size, NVTX_CBID_CORE_RangePushEx, pushEx);
    install(table, size, NVTX_CBID_CORE_RangePushA, pushA);
    install(table, size, NVTX_CBID_CORE_RangePushW, pushW);
    install(table, size, NVTX_CBID_CORE_RangePop, rangePop);
  }
  if (callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE2, &table, &size) != 0) {
    install(table, size, NVTX_CBID_CORE2_DomainMarkEx, domainMarkEx);
    install(table, size, NVTX_CBID_CORE2_DomainRangeStartEx, domainStartEx);
    install(table, size, NVTX_CBID_CORE2_DomainRangeEnd, domainEnd);
    install(table, size, NVTX_CBID_CORE2_DomainRangePushEx, domainPushEx);
    install(table, size, NVTX_CBID_CORE2_DomainRangePop, domainPop);
    install(table, size, NVTX_CBID_CORE2_DomainRegisterStringA, registerStringA);
    install(table, size, NVTX_CBID_CORE2_DomainRegisterStringW, registerStringW);
    install(table, size, NVTX_CBID_CORE2_DomainCreateA, createDomainA);
    install(table, size, NVTX_CBID_CORE2_DomainCreateW, createDomainW);
  }
  return 1;
}
