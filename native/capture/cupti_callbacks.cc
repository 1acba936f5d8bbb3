#include "cupti_callbacks.h"

#include "clock.h"
#include "session.h"

namespace gapscope::capture {
namespace {

// Handed out when there is no memory: before 12.9 CUPTI does not survive a null buffer.
constexpr uint32_t kNullBufferAllowed = 27;
alignas(8) uint8_t discard[64 << 10];

void onGraph(Session& session, CUpti_CallbackId id, const CUpti_GraphData& graph) {
  const CuptiApi& cupti = session.cupti;
  if (cupti.cuptiGetGraphNodeId == nullptr || cupti.cuptiGetGraphId == nullptr) return;
  GraphEvent event;
  event.timeNs = nowNs();
  event.thread = session.threadLog().thread;
  if (graph.graph != nullptr) cupti.cuptiGetGraphId(graph.graph, &event.graph);
  switch (id) {
    case CUPTI_CBID_RESOURCE_GRAPHNODE_CREATED:
      event.type = GraphEventType::kNodeCreated;
      cupti.cuptiGetGraphNodeId(graph.node, &event.node);
      event.nodeType = static_cast<uint8_t>(graph.nodeType);
      event.stack = session.stacks.idOf(session.threadLog());
      break;
    case CUPTI_CBID_RESOURCE_GRAPHNODE_CLONED:
      event.type = GraphEventType::kNodeCloned;
      cupti.cuptiGetGraphNodeId(graph.node, &event.node);
      cupti.cuptiGetGraphNodeId(graph.originalNode, &event.original);
      if (graph.originalGraph != nullptr) cupti.cuptiGetGraphId(graph.originalGraph, &event.originalGraph);
      event.nodeType = static_cast<uint8_t>(graph.nodeType);
      break;
    case CUPTI_CBID_RESOURCE_GRAPHEXEC_CREATED:
    case CUPTI_CBID_RESOURCE_GRAPHEXEC_DESTROY_STARTING:
      event.type =
          id == CUPTI_CBID_RESOURCE_GRAPHEXEC_CREATED ? GraphEventType::kExecCreated : GraphEventType::kExecDestroyed;
      if (cupti.cuptiGetGraphExecId != nullptr && graph.graphExec != nullptr) {
        cupti.cuptiGetGraphExecId(graph.graphExec, &event.exec);
      }
      break;
    default: return;
  }
  session.addGraphEvent(event);
}

void onCall(Session& session, CUpti_CallbackDomain domain, CUpti_CallbackId id, const CUpti_CallbackData& call) {
  const bool isDriver = domain == CUPTI_CB_DOMAIN_DRIVER_API;
  const bool enters = call.callbackSite == CUPTI_API_ENTER;
  if (isDriver && id == CUPTI_DRIVER_TRACE_CBID_cuProfilerStart) {
    if (!enters) session.collection.want(true);
    return;
  }
  if (isDriver && id == CUPTI_DRIVER_TRACE_CBID_cuProfilerStop) {
    if (enters) session.collection.want(false);
    return;
  }
  session.calls.onCallback(session.threadLog(), isDriver, id, call);
}

}  // namespace

// No exception may leave these: the caller is C, and the program would be ended.

void CUPTIAPI bufferRequested(uint8_t** buffer, size_t* size, size_t* maxNumRecords) {
  *buffer = nullptr;
  *size = 0;
  *maxNumRecords = 0;
  Session* session = existingSession();
  try {
    if (session != nullptr) *buffer = session->pool.take(size);
    if (*buffer == nullptr && processCupti().version < kNullBufferAllowed) {
      *buffer = discard;
      *size = sizeof discard;
    }
  } catch (...) {
    *buffer = discard;
    *size = sizeof discard;
  }
}

void CUPTIAPI bufferCompleted(CUcontext, uint32_t, uint8_t* buffer, size_t, size_t validSize) {
  if (buffer == nullptr || buffer == discard) return;
  try {
    processPool().complete(buffer, validSize);
    if (Session* session = existingSession()) session->wake();
  } catch (...) {
    // The buffer is lost, the program is not.
  }
}

void CUPTIAPI onCallback(void*, CUpti_CallbackDomain domain, CUpti_CallbackId id, const void* data) {
  try {
    Session* session = existingSession();
    if (session == nullptr || data == nullptr) return;
    if (domain == CUPTI_CB_DOMAIN_RESOURCE) {
      const auto& resource = *static_cast<const CUpti_ResourceData*>(data);
      if (resource.resourceDescriptor != nullptr) {
        onGraph(*session, id, *static_cast<const CUpti_GraphData*>(resource.resourceDescriptor));
      }
    } else if (domain == CUPTI_CB_DOMAIN_DRIVER_API || domain == CUPTI_CB_DOMAIN_RUNTIME_API) {
      onCall(*session, domain, id, *static_cast<const CUpti_CallbackData*>(data));
    }
  } catch (...) {
    // Out of memory: this event is missing from the trace.
  }
}

void enableCallbacks(Session& session) {
  for (const CUpti_CallbackId id :
       {CUPTI_CBID_RESOURCE_GRAPHNODE_CREATED, CUPTI_CBID_RESOURCE_GRAPHNODE_CLONED,
        CUPTI_CBID_RESOURCE_GRAPHEXEC_CREATED, CUPTI_CBID_RESOURCE_GRAPHEXEC_DESTROY_STARTING}) {
    session.cupti.cuptiEnableCallback(1, session.cupti.subscriber, CUPTI_CB_DOMAIN_RESOURCE, id);
  }
  if (session.settings.start != StartMode::kProfilerApi) return;
  for (const CUpti_CallbackId id : {CUPTI_DRIVER_TRACE_CBID_cuProfilerStart, CUPTI_DRIVER_TRACE_CBID_cuProfilerStop}) {
    session.cupti.cuptiEnableCallback(1, session.cupti.subscriber, CUPTI_CB_DOMAIN_DRIVER_API, id);
  }
}

}  // namespace gapscope::capture
