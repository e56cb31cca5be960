package io.kubrig.apiserver.kinds;

import io.kubrig.apiserver.admission.policy.CompiledExpressions;
import io.kubrig.apiserver.customresource.DefinitionKind;
import io.kubrig.apiserver.kinds.admissionregistration.AdmissionRegistrationKinds;
import io.kubrig.apiserver.kinds.apiregistration.ApiServiceKind;
import io.kubrig.apiserver.kinds.autoscaling.AutoscalerKind;
import io.kubrig.apiserver.kinds.certificates.SigningRequestKind;
import io.kubrig.apiserver.kinds.coordination.LeaseKind;
import io.kubrig.apiserver.kinds.core.CoreKinds;
import io.kubrig.apiserver.kinds.discovery.EndpointSliceKind;
import io.kubrig.apiserver.kinds.flowcontrol.FlowSchemaKind;
import io.kubrig.apiserver.kinds.flowcontrol.PriorityLevelKind;
import io.kubrig.apiserver.kinds.networking.NetworkingKinds;
import io.kubrig.apiserver.kinds.node.RuntimeClassKind;
import io.kubrig.apiserver.kinds.policy.PodDisruptionBudgetKind;
import io.kubrig.apiserver.kinds.rbac.RbacKinds;
import io.kubrig.apiserver.kinds.resource.CompiledDeviceExpressions;
import io.kubrig.apiserver.kinds.resource.ResourceKinds;
import io.kubrig.apiserver.kinds.scheduling.PriorityClassKind;
import io.kubrig.apiserver.kinds.service.ServiceKind;
import io.kubrig.apiserver.kinds.storage.StorageKinds;
import io.kubrig.apiserver.registry.Kind;
import java.util.HashMap;
import java.util.Map;

/** Every kind that is no workload. */
final class ClusterKinds {
  private ClusterKinds() {}

  static Map<String, Kind> all(LiveCluster cluster) {
    Map<String, Kind> kinds = new HashMap<>(CoreKinds.all(cluster));
    kinds.putAll(AdmissionRegistrationKinds.all(new CompiledExpressions()));
    kinds.putAll(NetworkingKinds.all());
    kinds.putAll(RbacKinds.all());
    kinds.putAll(ResourceKinds.all(new CompiledDeviceExpressions(), cluster));
    kinds.putAll(StorageKinds.all());
    kinds.put("certificates.k8s.io/CertificateSigningRequest", new SigningRequestKind());
    kinds.put("/Service", new ServiceKind(cluster));
    kinds.put("apiregistration.k8s.io/APIService", new ApiServiceKind(cluster));
    kinds.put("coordination.k8s.io/Lease", new LeaseKind());
    kinds.put("discovery.k8s.io/EndpointSlice", new EndpointSliceKind());
    kinds.put("node.k8s.io/RuntimeClass", new RuntimeClassKind());
    kinds.put("policy/PodDisruptionBudget", new PodDisruptionBudgetKind());
    kinds.put("scheduling.k8s.io/PriorityClass", new PriorityClassKind());
    kinds.put("apiextensions.k8s.io/CustomResourceDefinition", new DefinitionKind());
    kinds.put("autoscaling/HorizontalPodAutoscaler", new AutoscalerKind());
    kinds.put("flowcontrol.apiserver.k8s.io/FlowSchema", new FlowSchemaKind());
    kinds.put("flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration", new PriorityLevelKind());
    return kinds;
  }
}
