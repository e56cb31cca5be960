package io.kubrig.apiserver.admission.podsecurity;

import static io.kubrig.apiserver.admission.Requests.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.admission.FakeCluster;
import io.kubrig.apiserver.admission.Requests;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import org.junit.jupiter.api.Test;

class PodSecurityTest {
  private static final String GOOD =
      "securityContext: {allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: {drop: [ALL]}, seccompProfile: {type: "
          + "RuntimeDefault}}";

  private static FakeCluster labelled(String labels) {
    return new FakeCluster().with("", "namespaces", "", "{metadata: {name: ns, labels: {" + labels + "}}}");
  }

  private static String label(String mode, String value) {
    return "pod-security.kubernetes.io/" + mode + ": " + value;
  }

  private static PodSecurity plugin(FakeCluster cluster) {
    return new PodSecurity(cluster, PodSecurity.Configuration.DEFAULT);
  }

  /** What a level has against a pod. */
  private static String against(String level, String spec) {
    return against(level, "latest", "{metadata: {name: a}, spec: {" + spec + "}}");
  }

  private static String against(String level, String version, String pod) {
    FakeCluster cluster = labelled(label("enforce", level) + ", " + label("enforce-version", version));
    return refusal(plugin(cluster), Requests.on("pods").create(pod)).replaceFirst("violates PodSecurity \"[a-z]+:[a-z0-9.]+\": ", "");
  }

  @Test
  void names_everything_that_the_baseline_does_not_allow() {
    assertThat(against("baseline", "hostNetwork: true, hostIPC: true, containers: []"))
        .isEqualTo("host namespaces (hostNetwork=true, hostIPC=true)");
    assertThat(against("baseline", "containers: [{name: c, securityContext: {privileged: true}}]"))
        .isEqualTo("privileged (container \"c\" must not set securityContext.privileged=true)");
    assertThat(against("baseline", "containers: [{name: c, ports: [{hostPort: 80}, {hostPort: 443}]}, {name: d, ports: [{hostPort: 80}]}]"))
        .isEqualTo("hostPort (containers \"c\", \"d\" use hostPorts 443, 80)");
    assertThat(against("baseline", "volumes: [{name: v, hostPath: {path: /}}], containers: []"))
        .isEqualTo("hostPath volumes (volume \"v\")");
    assertThat(against("baseline",
        "initContainers: [{name: i, securityContext: {capabilities: {add: [SYS_ADMIN, CHOWN]}}}], containers: []"))
        .isEqualTo("non-default capabilities (container \"i\" must not include \"SYS_ADMIN\" in securityContext.capabilities.add)");
    assertThat(against("baseline", "securityContext: {seccompProfile: {type: Unconfined}}, containers: []"))
        .isEqualTo("seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")");
    assertThat(against("baseline", "securityContext: {sysctls: [{name: kernel.msgmax}, {name: net.ipv4.tcp_rmem}]}, containers: []"))
        .isEqualTo("forbidden sysctls (kernel.msgmax)");
    assertThat(against("baseline", "securityContext: {seLinuxOptions: {type: spc_t, user: u}}, containers: []"))
        .isEqualTo("seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"spc_t\"; user may not be set)");
    assertThat(against("baseline", "containers: [{name: c, livenessProbe: {httpGet: {host: 1.2.3.4}}}]"))
        .isEqualTo("probe or lifecycle host (container \"c\" uses probe or lifecycle host \"1.2.3.4\")");
    assertThat(against("baseline", "securityContext: {windowsOptions: {hostProcess: true}}, containers: []"))
        .isEqualTo("hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)");
    assertThat(against("baseline", "securityContext: {appArmorProfile: {type: Unconfined}}, containers: []"))
        .isEqualTo("forbidden AppArmor profile (pod must not set AppArmor profile type to \"Unconfined\")");
    assertThat(against("baseline", "containers: [{name: c}]")).isEmpty();
  }

  @Test
  void asks_for_more_where_it_is_restricted() {
    assertThat(against("restricted", "containers: [{name: c, " + GOOD + "}]")).isEmpty();
    assertThat(against("restricted", "containers: [{name: c}]"))
        .isEqualTo(
            "allowPrivilegeEscalation != false (container \"c\" must set securityContext.allowPrivilegeEscalation=false), "
                + "unrestricted capabilities (container \"c\" must set securityContext.capabilities.drop=[\"ALL\"]), "
                + "runAsNonRoot != true (pod or container \"c\" must set securityContext.runAsNonRoot=true), "
                + "seccompProfile (pod or container \"c\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or "
                    + "\"Localhost\")");
    assertThat(against("restricted", "volumes: [{name: nf, nfs: {}}, {name: e, emptyDir: {}}], containers: [{name: c, " + GOOD + "}]"))
        .isEqualTo("restricted volume types (volume \"nf\" uses restricted volume type \"nfs\")");
    assertThat(against("restricted", "securityContext: {runAsUser: 0}, containers: [{name: c, " + GOOD + "}]"))
        .isEqualTo("runAsUser=0 (pod must not set runAsUser=0)");
  }

  @Test
  void knows_what_earlier_versions_allowed() {
    String sysctl = "{metadata: {name: a}, spec: {securityContext: {sysctls: [{name: net.ipv4.tcp_rmem}]}, containers: []}}";
    assertThat(against("baseline", "v1.31", sysctl)).isEqualTo("forbidden sysctls (net.ipv4.tcp_rmem)");
    assertThat(against("baseline", "v1.32", sysctl)).isEmpty();
    String unmasked = "{metadata: {name: a}, spec: {hostUsers: false, containers: [{name: c, securityContext: {procMount: Unmasked}}]}}";
    assertThat(against("baseline", "v1.34", unmasked)).startsWith("procMount (container \"c\"");
    assertThat(against("baseline", "v1.35", unmasked)).isEmpty();
    assertThat(against("baseline", "v1.99", unmasked)).isEmpty();
    String annotated = "{metadata: {name: a, annotations: {seccomp.security.alpha.kubernetes.io/pod: unconfined}}, spec: {containers: []}}";
    assertThat(against("baseline", "v1.18", annotated))
        .isEqualTo("seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod=\"unconfined\")");
    assertThat(against("baseline", "v1.19", annotated)).isEmpty();
  }

  @Test
  void spares_windows_what_only_linux_has() {
    assertThat(against("restricted", "os: {name: windows}, securityContext: {runAsNonRoot: true}, containers: [{name: c}]")).isEmpty();
  }

  @Test
  void warns_of_pods_and_templates_without_refusing_them() {
    PodSecurity plugin = plugin(labelled(label("warn", "baseline")));
    AdmissionRequest pod = Requests.on("pods").create("{metadata: {name: a}, spec: {hostPID: true, containers: []}}");
    assertThat(refusal(plugin, pod)).isEmpty();
    assertThat(pod.operation().warnings()).containsExactly("would violate PodSecurity \"baseline:latest\": host namespaces (hostPID=true)");
    AdmissionRequest deployment = Requests.on("deployments.apps")
        .create("{metadata: {name: a}, spec: {template: {spec: {hostPID: true}}}}");
    assertThat(refusal(plugin, deployment)).isEmpty();
    assertThat(deployment.operation().warnings()).hasSize(1);
  }

  @Test
  void looks_at_an_update_only_when_images_change_or_ephemeral_containers_come() {
    PodSecurity plugin = plugin(labelled(label("enforce", "baseline")));
    String pod = "{metadata: {name: a}, spec: {hostPID: true, containers: [{name: c, image: i}]}}";
    String other = "{metadata: {name: a}, spec: {hostPID: true, containers: [{name: c, image: j}]}}";
    String debugged = "{metadata: {name: a}, spec: {hostPID: true, containers: [{name: c, image: i}], ephemeralContainers: [{name: e, "
        + "image: k}]}}";
    assertThat(refusal(plugin, Requests.on("pods").update(pod, pod))).isEmpty();
    assertThat(refusal(plugin, Requests.on("pods").update(pod, other))).contains("host namespaces");
    assertThat(refusal(plugin, Requests.on("pods/ephemeralcontainers").update(pod, debugged))).contains("host namespaces");
    assertThat(refusal(plugin, Requests.on("pods/status").update(pod, other))).isEmpty();
  }

  @Test
  void refuses_labels_that_name_no_level_or_version() {
    PodSecurity plugin = plugin(new FakeCluster());
    assertThat(refusal(plugin, Requests.on("namespaces").create("{metadata: {name: a, labels: {" + label("enforce", "foo") + "}}}")))
        .isEqualTo(
            "Namespace \"a\" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"foo\": "
                + "must be one of privileged, baseline, restricted");
    assertThat(refusal(plugin, Requests.on("namespaces").create("{metadata: {name: a, labels: {" + label("warn-version", "v1.01") + "}}}")))
        .endsWith("Invalid value: \"v1.01\": must be \"latest\" or \"v1.x\"");
  }

  @Test
  void tells_which_pods_a_stricter_namespace_would_not_take() {
    FakeCluster cluster = new FakeCluster();
    for (String name : new String[] {"b", "a", "c"}) {
      cluster.with("", "pods", "ns", "{metadata: {name: " + name + "}, spec: {hostPID: true, containers: []}}");
    }
    cluster.with("", "pods", "ns",
        "{metadata: {name: d}, spec: {hostPID: true, containers: [{name: c, securityContext: {privileged: true}}]}}");
    String old = "{metadata: {name: ns}}";
    String strict = "{metadata: {name: ns, labels: {" + label("enforce", "baseline") + "}}}";
    AdmissionRequest request = Requests.on("namespaces").update(old, strict);
    assertThat(refusal(plugin(cluster), request)).isEmpty();
    assertThat(request.operation().warnings())
        .containsExactly(
            "existing pods in namespace \"ns\" violate the new PodSecurity enforce level \"baseline:latest\"",
            "a (and 2 other pods): host namespaces",
            "d: host namespaces, privileged");
    AdmissionRequest looser = Requests.on("namespaces").update(strict, old);
    assertThat(refusal(plugin(cluster), looser)).isEmpty();
    assertThat(looser.operation().warnings()).isEmpty();
  }

  @Test
  void exempts_whom_the_configuration_names() {
    Tree configuration = Yaml.readTree("{defaults: {enforce: baseline}, exemptions: {usernames: [root], namespaces: [x], "
        + "runtimeClasses: [vm]}}");
    FakeCluster cluster = labelled("");
    PodSecurity plugin = new PodSecurity(cluster, PodSecurity.Configuration.of(configuration));
    String pod = "{metadata: {name: a}, spec: {hostPID: true, containers: []}}";
    assertThat(refusal(plugin, Requests.on("pods").create(pod))).startsWith("violates PodSecurity \"baseline:latest\"");
    assertThat(refusal(plugin, Requests.on("pods").by("root").create(pod))).isEmpty();
    assertThat(refusal(plugin, Requests.on("pods").create("{spec: {runtimeClassName: vm, hostPID: true, containers: []}}"))).isEmpty();
  }
}
