package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.admission.podsecurity.PodSecurity;
import io.kubrig.apiserver.admission.policy.MutatingPolicies;
import io.kubrig.apiserver.admission.policy.ValidatingPolicies;
import io.kubrig.apiserver.admission.quota.LimitedResource;
import io.kubrig.apiserver.admission.quota.ResourceQuota;
import io.kubrig.apiserver.admission.webhook.MutatingWebhooks;
import io.kubrig.apiserver.admission.webhook.ValidatingWebhooks;
import io.kubrig.apiserver.admission.webhook.WebhookServices;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.webhook.HookCredentials;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The admission plugins in native's order, those that are on by default and those that were switched on. (Source:
 * pkg/kubeapiserver/options/plugins.go.)
 */
public final class AdmissionPlugins {

  /**
   * What admission is made of.
   *
   * @param enabled names switched on beyond the default ones
   * @param disabled names switched off
   * @param notReadySeconds of the default toleration
   * @param unreachableSeconds of the default toleration
   * @param configuration what plugins are told beyond that
   */
  public record Settings(
      List<String> enabled, List<String> disabled, long notReadySeconds, long unreachableSeconds, AdmissionConfiguration configuration) {}

  /**
   * The parts of the server that plugins ask.
   *
   * @param authorizer asked late: it is made after admission
   */
  public record Services(
      Cluster cluster, Supplier<Authorizer> authorizer, KindLookup kinds, OwnWrites writes, WebhookServices webhooks) {}

  private AdmissionPlugins() {}

  /** Every plugin that there is, with whether it is on by default, in the order in which they are asked. */
  private static List<Candidate> all(Settings settings, Services services) {
    Cluster cluster = services.cluster();
    Supplier<Authorizer> authorizer = services.authorizer();
    AdmissionConfiguration configured = settings.configuration();
    Tree tolerations = configured.of("PodTolerationRestriction");
    return List.of(
        off(new AlwaysAdmit()),
        off(new NamespaceAutoProvision(cluster, services.writes())),
        on(new NamespaceLifecycle(cluster)),
        off(new NamespaceExists(cluster)),
        off(new LimitPodHardAntiAffinityTopology()),
        on(new LimitRanger(cluster)),
        on(new ServiceAccountAdmission(cluster)),
        off(new NodeRestriction(cluster, authorizer)),
        on(new TaintNodesByCondition()),
        off(new AlwaysPullImages()),
        on(new PodSecurity(cluster, PodSecurity.Configuration.of(configured.of("PodSecurity")))),
        off(new PodNodeSelector(cluster, configured.of("PodNodeSelector").stringMap("podNodeSelectorPluginConfig"))),
        on(new PriorityAdmission(cluster)),
        on(new DefaultTolerationSeconds(settings.notReadySeconds(), settings.unreachableSeconds())),
        off(new PodTolerationRestriction(cluster, tolerations.trees("default"), tolerations.trees("whitelist"))),
        off(new EventRateLimit(EventRateLimit.LimitSettings.of(configured.of("EventRateLimit")), cluster.clock())),
        off(new ExtendedResourceToleration()),
        on(new DefaultStorageClass(cluster)),
        on(new StorageObjectInUseProtection()),
        off(new OwnerReferencesPermissionEnforcement(authorizer, services.kinds())),
        on(new PersistentVolumeClaimResize(cluster)),
        on(new RuntimeClassAdmission(cluster)),
        on(new CertificateApproval(authorizer)),
        on(new CertificateSigning(authorizer)),
        on(new ClusterTrustBundleAttest(authorizer)),
        on(new CertificateSubjectRestriction()),
        on(new DefaultIngressClass(cluster)),
        off(new DenyServiceExternalIPs()),
        on(new PodTopologyLabels(cluster)),
        on(new NodeDeclaredFeatureValidator(cluster)),
        on(new PodResizeValidator(cluster)),
        on(new MutatingPolicies(cluster, authorizer, services.kinds())),
        on(new MutatingWebhooks(services.webhooks(), credentials(configured, "MutatingAdmissionWebhook"))),
        on(new ValidatingPolicies(cluster, authorizer, services.kinds())),
        on(new ValidatingWebhooks(services.webhooks(), credentials(configured, "ValidatingAdmissionWebhook"))),
        on(new ResourceQuota(cluster, services.writes(), LimitedResource.of(configured.of("ResourceQuota")))),
        off(new AlwaysDeny()));
  }

  private static HookCredentials credentials(AdmissionConfiguration configuration, String plugin) {
    try {
      return HookCredentials.configured(configuration.of(plugin));
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException("failed to initialize admission plugin \"" + plugin + "\": " + e.getMessage(), e);
    }
  }

  private record Candidate(AdmissionPlugin plugin, boolean byDefault) {}

  private static Candidate on(AdmissionPlugin plugin) {
    return new Candidate(plugin, true);
  }

  private static Candidate off(AdmissionPlugin plugin) {
    return new Candidate(plugin, false);
  }

  /**
   * The plugins that are to run.
   *
   * @throws IllegalArgumentException when a name is not known; the message lists those that are
   */
  public static List<AdmissionPlugin> of(Settings settings, Services services) {
    List<Candidate> all = all(settings, services);
    Set<String> named = new HashSet<>(settings.enabled());
    named.addAll(settings.disabled());
    List<String> known = all.stream().map(candidate -> candidate.plugin().name()).toList();
    for (String name : named) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException("admission plugin \"" + name + "\" is unknown; known ones are " + String.join(", ", known));
      }
    }
    List<AdmissionPlugin> chosen = new ArrayList<>();
    for (Candidate candidate : all) {
      String name = candidate.plugin().name();
      if (!settings.disabled().contains(name) && (candidate.byDefault() || settings.enabled().contains(name))) {
        chosen.add(candidate.plugin());
      }
    }
    if (settings.enabled().contains("EventRateLimit") && settings.configuration().of("EventRateLimit").list("limits").isEmpty()) {
      throw new IllegalArgumentException("admission plugin \"EventRateLimit\" needs limits: name them in --admission-control-config-file");
    }
    return chosen;
  }
}
