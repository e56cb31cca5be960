package io.kubrig.apiserver.admission;

import static io.kubrig.apiserver.admission.Requests.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.admission.webhook.WebhookServices;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The plugins that only guard, and the list of all. */
class GuardsTest {
  private final FakeCluster cluster = new FakeCluster();

  private static Authorizer allowing(String resourceAndName) {
    return asked -> (asked.resource() + "/" + asked.name()).equals(resourceAndName) ? Verdict.allow("") : Verdict.noOpinion("no");
  }

  @Test
  void approving_and_signing_need_the_signer_or_its_domain() {
    String old = "{metadata: {name: c}, spec: {signerName: example.com/a}}";
    AdmissionRequest approval = Requests.on("certificatesigningrequests.certificates.k8s.io/approval").update(old, old);
    assertThat(refusal(new CertificateApproval(() -> allowing("signers/example.com/a")), approval)).isEmpty();
    assertThat(refusal(new CertificateApproval(() -> allowing("signers/example.com/*")), approval)).isEmpty();
    assertThat(refusal(new CertificateApproval(() -> allowing("signers/other")), approval))
        .isEqualTo("user not permitted to approve requests with signerName \"example.com/a\"");
    Requests status = Requests.on("certificatesigningrequests.certificates.k8s.io/status");
    CertificateSigning signing = new CertificateSigning(Authorizer::alwaysDeny);
    assertThat(refusal(signing, status.update(old, old))).isEmpty();
    assertThat(refusal(signing,
        status.update(old, "{metadata: {name: c}, spec: {signerName: example.com/a}, status: {certificate: eA==}}")))
        .isEqualTo("user not permitted to sign requests with signerName \"example.com/a\"");
  }

  @Test
  void publishing_roots_needs_the_signer() {
    ClusterTrustBundleAttest plugin = new ClusterTrustBundleAttest(Authorizer::alwaysDeny);
    Requests bundles = Requests.on("clustertrustbundles.certificates.k8s.io");
    assertThat(refusal(plugin, bundles.create("{metadata: {name: b}, spec: {}}"))).isEmpty();
    assertThat(refusal(plugin, bundles.create("{metadata: {name: b}, spec: {signerName: example.com/a}}")))
        .isEqualTo("user not permitted to attest for signerName \"example.com/a\"");
  }

  @Test
  void owners_that_must_wait_must_be_ones_to_hold() {
    OwnerReferencesPermissionEnforcement plugin =
        new OwnerReferencesPermissionEnforcement(Authorizer::alwaysDeny, (group, kind) -> Optional.empty());
    String owned = "{metadata: {name: a, ownerReferences: [{apiVersion: v1, kind: Foo, name: x, uid: u, blockOwnerDeletion: %s}]}}";
    Requests maps = Requests.on("configmaps");
    assertThat(refusal(plugin, maps.create(owned.formatted("false")))).isEmpty();
    assertThat(refusal(plugin, maps.create(owned.formatted("true"))))
        .startsWith("cannot set blockOwnerDeletion in this case because cannot find RESTMapping");
    assertThat(refusal(plugin, maps.update("{metadata: {name: a}}", owned.formatted("false"))))
        .isEqualTo("cannot set an ownerRef on a resource you can't delete: Everything is forbidden., <nil>");
    assertThat(refusal(plugin, maps.update(owned.formatted("true"), owned.formatted("true")))).isEmpty();
  }

  @Test
  void images_are_always_pulled() {
    AdmissionRequest request = Requests.on("pods")
        .create("{spec: {containers: [{image: i, imagePullPolicy: Never}], volumes: [{image: {reference: j}}]}}");
    AlwaysPullImages plugin = new AlwaysPullImages();
    assertThat(refusal(plugin, request)).isEmpty();
    assertThat(request.object().tree("spec").trees("containers").getFirst().string("imagePullPolicy")).isEqualTo("Always");
    String pod = "{spec: {containers: [{image: i, imagePullPolicy: Never}]}}";
    AdmissionRequest same = Requests.on("pods").update(pod, pod);
    plugin.mutate(same);
    assertThat(same.object()).isEqualTo(same.old());
  }

  @Test
  void services_get_no_new_external_addresses() {
    DenyServiceExternalIPs plugin = new DenyServiceExternalIPs();
    String one = "{metadata: {name: s}, spec: {externalIPs: [1.1.1.1]}}";
    assertThat(refusal(plugin, Requests.on("services").create(one))).isEqualTo("Use of external IPs is denied by admission control.");
    assertThat(refusal(plugin, Requests.on("services").update(one, one))).isEmpty();
  }

  @Test
  void events_are_limited_per_namespace_until_time_has_passed() {
    Tree configuration = Yaml.readTree("{limits: [{type: Namespace, qps: 1, burst: 2}]}");
    EventRateLimit plugin = new EventRateLimit(EventRateLimit.LimitSettings.of(configuration), cluster.clock());
    AdmissionRequest event = Requests.on("events").create("{metadata: {name: e}}");
    assertThat(refusal(plugin, event)).isEmpty();
    assertThat(refusal(plugin, event)).isEmpty();
    assertThat(refusal(plugin, event)).isEqualTo("Too many requests: limit reached on type Namespace for key ns");
    cluster.virtualClock().advance(Duration.ofSeconds(1));
    assertThat(refusal(plugin, event)).isEmpty();
  }

  @Test
  void pods_ask_for_devices_and_tolerate_their_nodes() {
    AdmissionRequest request = Requests.on("pods").create("{spec: {containers: [{resources: {requests: {example.com/gpu: 1, cpu: 1}}}]}}");
    new ExtendedResourceToleration().mutate(request);
    assertThat(request.object().tree("spec").trees("tolerations"))
        .containsExactly(Tree.of("key", "example.com/gpu", "operator", "Exists", "effect", "NoSchedule"));
  }

  @Test
  void namespaces_keep_their_pods_on_their_nodes() {
    cluster.with("", "namespaces", "", "{metadata: {name: ns, annotations: {scheduler.alpha.kubernetes.io/node-selector: 'env=dev'}}}");
    PodNodeSelector plugin = new PodNodeSelector(cluster, Map.of("ns", "env=dev,disk=ssd"));
    AdmissionRequest request = Requests.on("pods").create("{metadata: {name: p}, spec: {}}");
    assertThat(refusal(plugin, request)).isEmpty();
    assertThat(request.object().tree("spec").tree("nodeSelector")).isEqualTo(Tree.of("env", "dev"));
    assertThat(refusal(plugin, Requests.on("pods").create("{spec: {nodeSelector: {env: prod}}}")))
        .isEqualTo("pod node label selector conflicts with its namespace node label selector");
    assertThat(refusal(plugin, Requests.on("pods").create("{spec: {nodeSelector: {x: v}}}")))
        .isEqualTo("pod node label selector labels conflict with its namespace whitelist");
  }

  @Test
  void namespaces_say_which_taints_their_pods_tolerate() {
    cluster.with(
        "",
        "namespaces",
        "",
        "{metadata: {name: ns, annotations: {scheduler.alpha.kubernetes.io/defaultTolerations: '[{\"key\":\"a\",\"operator\":\"Exists\"}]',"
            + " scheduler.alpha.kubernetes.io/tolerationsWhitelist: '[{\"key\":\"a\",\"operator\":\"Exists\"}]'}}}");
    PodTolerationRestriction plugin = new PodTolerationRestriction(cluster, List.of(), List.of());
    AdmissionRequest request = Requests.on("pods").create("{metadata: {name: p}, spec: {}}");
    assertThat(refusal(plugin, request)).isEmpty();
    assertThat(request.object().tree("spec").trees("tolerations")).containsExactly(Tree.of("key", "a", "operator", "Exists"));
    assertThat(refusal(plugin, Requests.on("pods").create("{spec: {tolerations: [{key: b, operator: Exists}]}}")))
        .isEqualTo("pod tolerations (possibly merged with namespace default tolerations) conflict with its namespace whitelist");
  }

  @Test
  void namespaces_are_made_when_they_are_needed() {
    assertThat(refusal(new NamespaceExists(cluster), Requests.on("configmaps").create("{metadata: {name: a}}")))
        .isEqualTo("namespaces \"ns\" not found");
    assertThat(refusal(new NamespaceAutoProvision(cluster, cluster), Requests.on("configmaps").create("{metadata: {name: a}}"))).isEmpty();
    assertThat(cluster.get("", "namespaces", "", "ns")).isPresent();
  }

  @Test
  void new_nodes_are_tainted_until_they_are_ready() {
    AdmissionRequest request = Requests.on("nodes").create("{metadata: {name: n1}}");
    new TaintNodesByCondition().mutate(request);
    new TaintNodesByCondition().mutate(request);
    assertThat(request.object().tree("spec").trees("taints"))
        .containsExactly(Tree.of("key", "node.kubernetes.io/not-ready", "effect", "NoSchedule"));
  }

  private List<String> names(List<String> enabled, List<String> disabled) {
    AdmissionPlugins.Settings settings = new AdmissionPlugins.Settings(enabled, disabled, 300, 300, AdmissionConfiguration.NONE);
    KindLookup kinds = (group, kind) -> Optional.empty();
    WebhookServices webhooks =
        new WebhookServices(cluster, Authorizer::alwaysAllow, kinds, List::of, null, null, null, new SimpleMeterRegistry());
    AdmissionPlugins.Services services = new AdmissionPlugins.Services(cluster, Authorizer::alwaysAllow, kinds, cluster, webhooks);
    return AdmissionPlugins.of(settings, services).stream().map(AdmissionPlugin::name).toList();
  }

  @Test
  void plugins_come_in_natives_order_whatever_the_order_of_the_flag() {
    List<String> names = names(List.of("AlwaysDeny", "NodeRestriction"), List.of("Priority"));
    assertThat(names).containsSubsequence("NamespaceLifecycle", "LimitRanger", "ServiceAccount", "NodeRestriction", "PodSecurity",
        "ResourceQuota", "AlwaysDeny");
    assertThat(names)
        .doesNotContain("Priority", "AlwaysPullImages")
        .endsWith(
            "MutatingAdmissionPolicy", "MutatingAdmissionWebhook", "ValidatingAdmissionPolicy", "ValidatingAdmissionWebhook",
                "ResourceQuota",
            "AlwaysDeny");
  }

  @Test
  void an_unknown_plugin_and_one_without_what_it_needs_are_errors() {
    assertThatThrownBy(() -> names(List.of("Nonsense"), List.of())).hasMessageStartingWith("admission plugin \"Nonsense\" is unknown");
    assertThatThrownBy(() -> names(List.of("EventRateLimit"), List.of())).hasMessageContaining("needs limits");
  }

  @Test
  void an_account_that_says_so_names_all_secrets_that_its_pods_may_use() {
    cluster.with("", "serviceaccounts", "ns",
        "{metadata: {name: s, annotations: {kubernetes.io/enforce-mountable-secrets: 'true'}}, secrets: [{name: ok}], imagePullSecrets: "
            + "[{name: reg}]}");
    ServiceAccountAdmission plugin = new ServiceAccountAdmission(cluster);
    String why = " is not allowed because service account s does not reference that ";
    String bad = "{name: c, image: i, envFrom: [{secretRef: {name: bad}}]}";
    assertThat(refusal(plugin, accountPod("containers: [" + bad + "]")))
        .isEqualTo("container c with envFrom referencing secret.secretName=\"bad\"" + why + "secret");
    assertThat(refusal(plugin, accountPod("initContainers: [" + bad + "]")))
        .isEqualTo("init container c with envFrom referencing secret.secretName=\"bad\"" + why + "secret");
    assertThat(refusal(plugin, accountPod("imagePullSecrets: [{name: reg}, {name: x}]")))
        .isEqualTo("imagePullSecrets[1].name=\"x\"" + why + "imagePullSecret");
    assertThat(refusal(plugin, accountPod("containers: [" + bad.replace("bad", "ok") + "]"))).isEmpty();
    String old = "{metadata: {name: p}, spec: {serviceAccountName: s}}";
    String debugged = "{metadata: {name: p}, spec: {serviceAccountName: s, ephemeralContainers: [" + bad + "]}}";
    assertThat(refusal(plugin, Requests.on("pods/ephemeralcontainers").update(old, debugged)))
        .isEqualTo("ephemeral container c with envFrom referencing secret.secretName=\"bad\"" + why + "secret");
  }

  private static AdmissionRequest accountPod(String spec) {
    return Requests.on("pods").create("{metadata: {name: p}, spec: {serviceAccountName: s, " + spec + "}}");
  }
}
