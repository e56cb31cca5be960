package io.kubrig.operators;

import io.kubrig.operators.attachdetach.AttachDetachController;
import io.kubrig.operators.bootstraptoken.BootstrapSigner;
import io.kubrig.operators.bootstraptoken.TokenCleaner;
import io.kubrig.operators.certificates.ApprovingController;
import io.kubrig.operators.certificates.CleanerController;
import io.kubrig.operators.certificates.SigningController;
import io.kubrig.operators.cloud.CloudProviders;
import io.kubrig.operators.cloudnode.CloudNodeController;
import io.kubrig.operators.cloudnode.CloudNodeLifecycleController;
import io.kubrig.operators.clusterroleaggregation.ClusterRoleAggregationController;
import io.kubrig.operators.devicetainteviction.DeviceTaintEvictionController;
import io.kubrig.operators.endpoints.EndpointsController;
import io.kubrig.operators.endpointslice.EndpointSliceController;
import io.kubrig.operators.endpointslicemirroring.EndpointSliceMirroringController;
import io.kubrig.operators.ephemeralvolume.EphemeralVolumeController;
import io.kubrig.operators.garbagecollector.GarbageCollector;
import io.kubrig.operators.loadbalancer.ServiceLoadBalancerController;
import io.kubrig.operators.namespace.NamespaceController;
import io.kubrig.operators.nodeipam.NodeIpamController;
import io.kubrig.operators.nodelifecycle.NodeLifecycleController;
import io.kubrig.operators.noderoute.NodeRouteController;
import io.kubrig.operators.nodettl.NodeTtlController;
import io.kubrig.operators.resourceclaim.ResourceClaimController;
import io.kubrig.operators.resourcequota.ResourceQuotaController;
import io.kubrig.operators.rootca.RootCaController;
import io.kubrig.operators.selinuxwarning.SelinuxWarningController;
import io.kubrig.operators.serviceaccount.AccountTokenController;
import io.kubrig.operators.serviceaccount.DefaultAccountController;
import io.kubrig.operators.serviceaccount.LegacyTokenCleaner;
import io.kubrig.operators.servicecidr.ServiceCidrController;
import io.kubrig.operators.storageversiongc.StorageVersionGarbageCollector;
import io.kubrig.operators.storageversionmigration.StorageVersionMigratorController;
import io.kubrig.operators.tainteviction.TaintEvictionController;
import io.kubrig.operators.trustbundle.TrustBundlePublisher;
import io.kubrig.operators.validatingadmissionpolicystatus.ValidatingAdmissionPolicyStatusController;
import io.kubrig.operators.volumebinder.VolumeBinderController;
import io.kubrig.operators.volumeexpand.VolumeExpandController;
import io.kubrig.operators.volumeprotection.AttributesClassProtectionController;
import io.kubrig.operators.volumeprotection.ClaimProtectionController;
import io.kubrig.operators.volumeprotection.VolumeProtectionController;
import java.util.List;
import java.util.stream.Stream;

/** The controllers that keep the cluster itself: what every namespace, service, node and volume needs. */
final class ClusterControllers {
  private ClusterControllers() {}

  static List<ControllerDescriptor> all() {
    return Stream.of(namespaces(), services(), nodes(), clouds(), volumes(), identities()).flatMap(List::stream).toList();
  }

  /** What every namespace has, and how things go. */
  private static List<ControllerDescriptor> namespaces() {
    return List.of(
        new ControllerDescriptor("serviceaccount-controller", "serviceaccount", "service-account-controller", true, "",
            DefaultAccountController::new),
        new ControllerDescriptor("root-ca-certificate-publisher-controller", "root-ca-cert-publisher", "root-ca-cert-publisher", true, "",
            RootCaController::new),
        new ControllerDescriptor("kube-apiserver-serving-clustertrustbundle-publisher-controller",
            "kube-apiserver-serving-clustertrustbundle-publisher-controller", "kube-apiserver-serving-clustertrustbundle-publisher", true,
            "", TrustBundlePublisher::new),
        new ControllerDescriptor("namespace-controller", "namespace", "namespace-controller", true, "concurrent-namespace-syncs",
            NamespaceController::new),
        new ControllerDescriptor("garbage-collector-controller", "garbagecollector", "generic-garbage-collector", true,
            "concurrent-gc-syncs",
            GarbageCollector::new),
        new ControllerDescriptor("resourcequota-controller", "resourcequota", "resourcequota-controller", true,
            "concurrent-resource-quota-syncs", ResourceQuotaController::new));
  }

  /** What stands behind services. */
  private static List<ControllerDescriptor> services() {
    return List.of(
        new ControllerDescriptor("endpoints-controller", "endpoint", "endpoint-controller", true, "concurrent-endpoint-syncs",
            EndpointsController::new),
        new ControllerDescriptor("endpointslice-controller", "endpointslice", "endpointslice-controller", true,
            "concurrent-service-endpoint-syncs", EndpointSliceController::new),
        new ControllerDescriptor("endpointslice-mirroring-controller", "endpointslicemirroring", "endpointslicemirroring-controller", true,
            "mirroring-concurrent-service-endpoint-syncs", EndpointSliceMirroringController::new),
        new ControllerDescriptor("service-cidr-controller", "servicecidr", "service-cidrs-controller", true, "",
            ServiceCidrController::new));
  }

  /** Nodes, and pods that have to leave them. */
  private static List<ControllerDescriptor> nodes() {
    return List.of(
        new ControllerDescriptor("node-lifecycle-controller", "nodelifecycle", "node-controller", true, "", NodeLifecycleController::new),
        new ControllerDescriptor("taint-eviction-controller", "taint-eviction-controller", "node-controller", true, "",
            TaintEvictionController::new),
        new ControllerDescriptor("node-ipam-controller", "nodeipam", "node-controller", true, "", NodeIpamController::new),
        new ControllerDescriptor("ttl-controller", "ttl", "ttl-controller", true, "", NodeTtlController::new),
        new ControllerDescriptor("resourceclaim-controller", "resource-claim-controller", "resource-claim-controller", true,
            "concurrent-resourceclaim-syncs", ResourceClaimController::new),
        new ControllerDescriptor("device-taint-eviction-controller", "device-taint-eviction-controller", "device-taint-eviction-controller",
            true, "concurrent-device-taint-eviction-syncs", DeviceTaintEvictionController::new));
  }

  /** What a cloud provider has a part in; they run only with one. */
  private static List<ControllerDescriptor> clouds() {
    return List.of(
        new ControllerDescriptor("service-lb-controller", "service", "service-controller", true, "concurrent-service-syncs",
            ServiceLoadBalancerController::new),
        new ControllerDescriptor("node-route-controller", "route", "route-controller", true, "", NodeRouteController::new),
        new ControllerDescriptor("cloud-node-controller", "cloud-node", "node-controller", true, CloudProviders.NODE_WORKERS,
            CloudNodeController::new),
        new ControllerDescriptor("cloud-node-lifecycle-controller", "cloud-node-lifecycle", "node-controller", true, "",
            CloudNodeLifecycleController::new));
  }

  /** Volumes and claims for them. */
  private static List<ControllerDescriptor> volumes() {
    return List.of(
        new ControllerDescriptor("persistentvolume-binder-controller", "persistentvolume-binder", "persistent-volume-binder", true, "",
            VolumeBinderController::new),
        new ControllerDescriptor("persistentvolume-protection-controller", "pv-protection", "pv-protection-controller", true, "",
            VolumeProtectionController::new),
        new ControllerDescriptor("persistentvolumeclaim-protection-controller", "pvc-protection", "pvc-protection-controller", true, "",
            ClaimProtectionController::new),
        new ControllerDescriptor("ephemeral-volume-controller", "ephemeral-volume", "ephemeral-volume-controller", true,
            "concurrent-ephemeralvolume-syncs", EphemeralVolumeController::new),
        new ControllerDescriptor("volumeattributesclass-protection-controller", "vac-protection",
            "volumeattributesclass-protection-controller",
            true, "", AttributesClassProtectionController::new),
        new ControllerDescriptor("persistentvolume-attach-detach-controller", "attachdetach", "attachdetach-controller", true, "",
            AttachDetachController::new),
        new ControllerDescriptor("persistentvolume-expander-controller", "persistentvolume-expander", "expand-controller", true, "",
            VolumeExpandController::new),
        new ControllerDescriptor("selinux-warning-controller", "selinux-warning", "selinux-warning-controller", false, "",
            SelinuxWarningController::new));
  }

  /** Tokens, certificates, roles and policies. */
  private static List<ControllerDescriptor> identities() {
    return List.of(
        new ControllerDescriptor("serviceaccount-token-controller", "serviceaccount-token", "tokens-controller", true,
            "concurrent-serviceaccount-token-syncs", AccountTokenController::new),
        new ControllerDescriptor("clusterrole-aggregation-controller", "clusterrole-aggregation", "clusterrole-aggregation-controller",
            true,
            "", ClusterRoleAggregationController::new),
        new ControllerDescriptor("bootstrap-signer-controller", "bootstrapsigner", "bootstrap-signer", false, "", BootstrapSigner::new),
        new ControllerDescriptor("token-cleaner-controller", "tokencleaner", "token-cleaner", false, "", TokenCleaner::new),
        new ControllerDescriptor("certificatesigningrequest-signing-controller", "csrsigning", "certificate-controller", true, "",
            SigningController::new),
        new ControllerDescriptor("certificatesigningrequest-approving-controller", "csrapproving", "certificate-controller", true, "",
            ApprovingController::new),
        new ControllerDescriptor("certificatesigningrequest-cleaner-controller", "csrcleaner", "certificate-controller", true, "",
            CleanerController::new),
        new ControllerDescriptor("legacy-serviceaccount-token-cleaner-controller", "legacy-service-account-token-cleaner",
            "legacy-service-account-token-cleaner", true, "", LegacyTokenCleaner::new),
        new ControllerDescriptor("storage-version-migrator-controller", "storage-version-migrator", "storage-version-migrator-controller",
            true, "",
            StorageVersionMigratorController::new),
        new ControllerDescriptor("storageversion-garbage-collector-controller", "storage-version-gc",
            "storage-version-garbage-collector", true, "", StorageVersionGarbageCollector::new),
        new ControllerDescriptor("validatingadmissionpolicy-status-controller", "validatingadmissionpolicy-status",
            "validatingadmissionpolicy-status-controller", true, "concurrent-validating-admission-policy-status-syncs",
            ValidatingAdmissionPolicyStatusController::new));
  }
}
