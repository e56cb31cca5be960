package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceAllocationConfiguration;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClaimConfiguration;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Writes down what a search has found, as the status of a claim says it. */
final class Results {
  private Results() {}

  static AllocationResult of(ClaimPlan plan, String node, Supplier<String> shareIds) {
    DeviceAllocationResult devices = new DeviceAllocationResult();
    devices.setResults(plan.chosen().stream().map(c -> result(c, shareIds)).toList());
    devices.setConfig(configurations(plan));
    AllocationResult result = new AllocationResult();
    result.setDevices(devices);
    result.setNodeSelector(nodeSelector(plan.chosen(), node));
    return result;
  }

  private static DeviceRequestAllocationResult result(Chosen c, Supplier<String> shareIds) {
    DeviceRequestAllocationResult r = new DeviceRequestAllocationResult();
    r.setRequest(c.wish().fullName());
    r.setDriver(c.device().id().driver());
    r.setPool(c.device().id().pool());
    r.setDevice(c.device().id().name());
    r.setAdminAccess(c.wish().adminAccess() ? Boolean.TRUE : null);
    r.setTolerations(c.wish().tolerations());
    r.setBindingConditions(c.device().device().getBindingConditions());
    r.setBindingFailureConditions(c.device().device().getBindingFailureConditions());
    if (c.device().isShareable()) {
      r.setShareID(shareIds.get());
      r.setConsumedCapacity(c.consumed().isEmpty() ? null : c.consumed());
    }
    return r;
  }

  /** Those of the classes, each once with every request of the class, then those of the claim that concern something chosen. */
  private static List<DeviceAllocationConfiguration> configurations(ClaimPlan plan) {
    List<DeviceAllocationConfiguration> out = new ArrayList<>();
    Map<String, List<DeviceAllocationConfiguration>> ofClass = new HashMap<>();
    for (ClaimPlan.Request request : plan.requests()) {
      Plan chosen = request.selected();
      List<DeviceAllocationConfiguration> known = ofClass.get(chosen.deviceClass().getMetadata().getName());
      if (known != null) {
        known.forEach(c -> c.getRequests().add(chosen.wish().fullName()));
        continue;
      }
      List<DeviceAllocationConfiguration> own = new ArrayList<>();
      chosen.deviceClass().getSpec().getConfig().forEach(c ->
          own.add(new DeviceAllocationConfiguration(c.getOpaque(), new ArrayList<>(List.of(chosen.wish().fullName())), "FromClass")));
      ofClass.put(chosen.deviceClass().getMetadata().getName(), own);
      out.addAll(own);
    }
    for (DeviceClaimConfiguration c : plan.claim().getSpec().getDevices().getConfig()) {
      for (int i = 0; i < times(c, plan); i++) {
        out.add(new DeviceAllocationConfiguration(c.getOpaque(), c.getRequests(), "FromClaim"));
      }
    }
    return out;
  }

  /** As native: a configuration is repeated for each request that it names. */
  private static int times(DeviceClaimConfiguration c, ClaimPlan plan) {
    if (c.getRequests().isEmpty()) {
      return 1;
    }
    int times = 0;
    List<DeviceRequest> requests = plan.claim().getSpec().getDevices().getRequests();
    for (int i = 0; i < requests.size(); i++) {
      ClaimPlan.Request request = plan.requests().get(i);
      if (c.getRequests().contains(requests.get(i).getName())
          || request.hasAlternatives() && c.getRequests().contains(request.selected().wish().fullName())) {
        times++;
      }
    }
    return times;
  }

  /** Where the allocation can be used; null: everywhere. */
  private static NodeSelector nodeSelector(List<Chosen> chosen, String node) {
    List<NodeSelectorRequirement> fields = new ArrayList<>();
    List<NodeSelectorRequirement> labels = new ArrayList<>();
    for (Chosen c : chosen) {
      boolean perDevice = c.device().slice().selectsPerDevice();
      String name = perDevice ? c.device().device().getNodeName() : c.device().slice().spec().getNodeName();
      NodeSelector selector = perDevice ? c.device().device().getNodeSelector() : c.device().slice().spec().getNodeSelector();
      if (name != null || Boolean.TRUE.equals(c.device().device().getBindsToNode())) {
        return selector(List.of(new NodeSelectorRequirement("metadata.name", "In", List.of(node))), List.of());
      }
      if (selector != null && !selector.getNodeSelectorTerms().isEmpty()) {
        NodeSelectorTerm term = selector.getNodeSelectorTerms().getFirst();
        addNew(term.getMatchFields(), fields);
        addNew(term.getMatchExpressions(), labels);
      }
    }
    return fields.isEmpty() && labels.isEmpty() ? null : selector(fields, labels);
  }

  private static NodeSelector selector(List<NodeSelectorRequirement> fields, List<NodeSelectorRequirement> labels) {
    return new NodeSelector(List.of(new NodeSelectorTerm(labels, fields)));
  }

  private static void addNew(List<NodeSelectorRequirement> from, List<NodeSelectorRequirement> to) {
    for (NodeSelectorRequirement r : from) {
      boolean known = to.stream().anyMatch(t -> t.getKey().equals(r.getKey()) && t.getOperator().equals(r.getOperator())
          && new HashSet<>(t.getValues()).equals(new HashSet<>(r.getValues())));
      if (!known) {
        to.add(r);
      }
    }
  }
}
