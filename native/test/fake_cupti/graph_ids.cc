// Handles of graphs and nodes. A handle is its id, plus one so that id 0 is no null handle.
#include <cupti.h>

#include <cstring>

#include "fakecupti.h"
#include "subscriber.h"

namespace {

template <class Handle>
Handle handleOf(uint64_t id) {
  return reinterpret_cast<Handle>(static_cast<uintptr_t>(id + 1));
}

template <class Handle, class Id>
CUptiResult idOf(Handle handle, Id* id) {
  if (handle == nullptr || id == nullptr) return CUPTI_ERROR_INVALID_PARAMETER;
  *id = static_cast<Id>(reinterpret_cast<uintptr_t>(handle) - 1);
  return CUPTI_SUCCESS;
}

}  // namespace

extern "C" {

CUptiResult cuptiGetGraphNodeId(CUgraphNode node, uint64_t* id) { return idOf(node, id); }
CUptiResult cuptiGetGraphId(CUgraph graph, uint32_t* id) { return idOf(graph, id); }
CUptiResult cuptiGetGraphExecId(CUgraphExec exec, uint32_t* id) { return idOf(exec, id); }

void fakecupti_graph_event(uint32_t cbid, uint64_t node, uint64_t originalNode, uint32_t graph, uint32_t originalGraph,
                           uint32_t exec, uint32_t nodeType) {
  CUpti_GraphData data;
  memset(&data, 0, sizeof data);
  data.graph = handleOf<CUgraph>(graph);
  const bool isExec =
      cbid == CUPTI_CBID_RESOURCE_GRAPHEXEC_CREATED || cbid == CUPTI_CBID_RESOURCE_GRAPHEXEC_DESTROY_STARTING;
  if (isExec) {
    data.graphExec = handleOf<CUgraphExec>(exec);
  } else {
    data.node = handleOf<CUgraphNode>(node);
    data.nodeType = static_cast<CUgraphNodeType>(nodeType);
  }
  if (cbid == CUPTI_CBID_RESOURCE_GRAPHNODE_CLONED) {
    data.originalGraph = handleOf<CUgraph>(originalGraph);
    data.originalNode = handleOf<CUgraphNode>(originalNode);
  }
  CUpti_ResourceData resource;
  memset(&resource, 0, sizeof resource);
  resource.resourceDescriptor = &data;
  fakecupti::callBack(CUPTI_CB_DOMAIN_RESOURCE, cbid, &resource);
}

}  // extern "C"
