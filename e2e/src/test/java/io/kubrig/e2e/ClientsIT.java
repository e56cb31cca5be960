package io.kubrig.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people point at a cluster, unmodified: the commands of {@code kubectl}, and Helm with the charts of this project. */
class ClientsIT {
  private static final String SOON = "--timeout=90s";
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    assumeTrue(Kubrig.missing("kubectl").findAny().isEmpty(), "kubectl is not installed");
    cluster = new TestCluster("clients", "simulated:2");
    cluster.up();
    cluster.kubectl("wait", "--for=condition=Ready", "node", "--all", SOON);
    cluster.kubectl("create", "namespace", "k");
    cluster.kubectl("create", "deployment", "web", "-n", "k", "--image=example.com/web:v1", "--replicas=2");
    cluster.kubectl("create", "configmap", "settings", "-n", "k", "--from-literal=color=blue");
    cluster.kubectl("create", "role", "reader", "-n", "k", "--verb=get,list", "--resource=pods");
    cluster.kubectl("create", "rolebinding", "reader", "-n", "k", "--role=reader", "--user=bob");
    cluster.kubectl("rollout", "status", "deployment/web", "-n", "k", SOON);
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  /** Commands that create: what they say, and that the object is then there. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      create secret generic s --from-literal=a=b            | secret/s created
      create job j --image=i                                | job.batch/j created
      create cronjob c --image=i --schedule=@hourly         | cronjob.batch/c created
      create quota q --hard=configmaps=50                   | resourcequota/q created
      create poddisruptionbudget p --selector=a=b --min-available=1 | poddisruptionbudget.policy/p created
      create ingress i --rule=foo/bar=svc:80                | ingress.networking.k8s.io/i created
      create serviceaccount robot                           | serviceaccount/robot created
      create service clusterip cip --tcp=80:8080            | service/cip created
      create service nodeport np --tcp=80:8080              | service/np created
      create service externalname en --external-name=a.example | service/en created
      create priorityclass k-high --value=10                | priorityclass.scheduling.k8s.io/k-high created
      create clusterrole k-reader --verb=get --resource=nodes | clusterrole.rbac.authorization.k8s.io/k-reader created
      create clusterrolebinding k-reader --clusterrole=k-reader --group=ops | clusterrolebinding.rbac.authorization.k8s.io/k-reader created
      expose deployment web --port=80                       | service/web exposed
      autoscale deployment web --max=3                      | horizontalpodautoscaler.autoscaling/web autoscaled
      run single --image=i                                  | pod/single created
      """)
  void creates(String command, String said) {
    assertThat(k(command)).contains(said);
    String object = said.split(" ")[0];
    assertThat(k("get " + object + " -o name")).contains(object.substring(object.indexOf('/') + 1));
    k("delete " + object + " --wait=false");
  }

  /** Commands that change or show what is there. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      label configmap settings shade=dark                   | configmap/settings labeled
      annotate configmap settings note=x                    | configmap/settings annotated
      set env deployment/web A=B                            | deployment.apps/web env updated
      set resources deployment/web --limits=cpu=100m        | deployment.apps/web resource requirements updated
      set serviceaccount deployment/web default             | deployment.apps/web serviceaccount updated
      rollout pause deployment/web                          | deployment.apps/web paused
      rollout resume deployment/web                         | deployment.apps/web resumed
      rollout restart deployment/web                        | deployment.apps/web restarted
      rollout history deployment/web                        | REVISION
      scale deployment/web --replicas=3                     | deployment.apps/web scaled
      patch configmap settings -p {"data":{"size":"1"}}     | configmap/settings patched
      auth can-i get pods --as bob                          | yes
      auth can-i --list --as bob                            | selfsubjectreviews.authentication.k8s.io
      auth whoami                                           | kubernetes-admin
      create token default                                  | eyJ
      cluster-info                                          | Kubernetes control plane
      api-resources --api-group=apps                        | deployments
      api-versions                                          | apps/v1
      explain deployment.spec.strategy                      | DeploymentStrategy
      get deployments,configmaps -o wide                    | SELECTOR
      get configmap settings -o jsonpath={.data.color}      | blue
      get events --sort-by=.lastTimestamp                   | ScalingReplicaSet
      events --for deployment/web                           | ScalingReplicaSet
      describe deployment web                               | NewReplicaSet
      describe node simulated-0                             | Allocated resources
      get --raw /readyz?verbose                             | readyz check passed
      version                                               | Server Version: v1.36
      """)
  void shows_or_changes(String command, String said) {
    assertThat(k(command)).contains(said);
  }

  @Test
  void nodes_are_cordoned_drained_and_tainted() {
    assertThat(k("cordon simulated-0")).contains("node/simulated-0 cordoned");
    assertThat(k("drain simulated-0 --ignore-daemonsets --force --delete-emptydir-data " + SOON)).contains("node/simulated-0 drained");
    k("wait --for=condition=Available deployment/web " + SOON);
    assertThat(k("get pods -l app=web -o jsonpath={.items[*].spec.nodeName}")).doesNotContain("simulated-0");
    assertThat(k("uncordon simulated-0")).contains("node/simulated-0 uncordoned");
    assertThat(k("taint node simulated-0 a=b:NoSchedule")).contains("tainted");
    assertThat(k("taint node simulated-0 a-")).contains("untainted");
  }

  @Test
  void diff_shows_what_apply_would_change_and_apply_changes_it() {
    String wanted = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: applied, namespace: k}
        data: {color: red}
        """;
    assertThat(cluster.kubectlWith(wanted, "apply", "--server-side", "-f", "-").ok()).contains("serverside-applied");
    Run diff = cluster.kubectlWith(wanted.replace("red", "green"), "diff", "--server-side", "-f", "-");
    assertThat(diff.code()).isOne();
    assertThat(diff.out()).contains("-  color: red", "+  color: green");
    Run conflict = cluster.kubectlWith(wanted.replace("red", "green"), "apply", "--server-side", "--field-manager=other", "-f", "-");
    assertThat(conflict.fails()).contains("conflict with \"kubectl\": .data.color");
    assertThat(cluster.kubectlWith(wanted.replace("red", "green"), "apply", "--server-side", "--field-manager=other", "--force-conflicts",
        "-f", "-").ok())
        .contains("serverside-applied");
    assertThat(k("get configmap applied -o jsonpath={.data.color}")).isEqualTo("green");
  }

  @Test
  void helm_installs_upgrades_rolls_back_and_uninstalls_the_charts() {
    assumeTrue(Kubrig.missing("helm").findAny().isEmpty(), "helm is not installed");
    for (String chart : List.of("controller-manager", "proxy")) {
      assertThat(helm("install", chart, chartOf(chart), "--wait")).contains("STATUS: deployed");
      assertThat(helm("upgrade", chart, chartOf(chart), "--set", "verbosity=2")).contains("has been upgraded");
      assertThat(helm("get", "manifest", chart)).contains("--v=2");
      assertThat(helm("rollback", chart, "1")).contains("Rollback was a success");
      assertThat(helm("history", chart, "-o", "json")).contains("\"revision\":3", "Rollback to 1");
    }
    assertThat(k("get daemonset proxy-kubrig-proxy -o jsonpath={.status.numberReady}", "kube-system")).isEqualTo("2");
    String account = "system:serviceaccount:kube-system:controller-manager-kubrig-controller-manager";
    assertThat(k("auth can-i create serviceaccounts --subresource=token -n kube-system --as " + account)).contains("yes");
    assertThat(cluster.kubectlWith("", words("auth can-i get secrets -n k --as system:serviceaccount:kube-system:proxy-kubrig-proxy"))
        .out()).contains("no");
    for (String chart : List.of("controller-manager", "proxy")) {
      assertThat(helm("uninstall", chart)).contains("uninstalled");
    }
    assertThat(k("get all,serviceaccounts,configmaps -l app.kubernetes.io/part-of=kubrig -o name", "kube-system")).isEmpty();
  }

  @Test
  void a_chart_refuses_values_that_its_schema_does_not_know() {
    assumeTrue(Kubrig.missing("helm").findAny().isEmpty(), "helm is not installed");
    assertThat(runHelm("template", "x", chartOf("proxy"), "--set", "configuration.mode=userspace").fails()).contains("/configuration/mode");
    assertThat(runHelm("template", "x", chartOf("controller-manager"), "--set", "replica=1").fails()).contains("replica");
  }

  private static String chartOf(String name) {
    return Kubrig.file("../charts/" + name).normalize().toString();
  }

  private static String helm(String... arguments) {
    return runHelm(arguments).ok();
  }

  private static Run runHelm(String... arguments) {
    List<String> command = new ArrayList<>(List.of("helm", "-n", "kube-system"));
    command.addAll(List.of(arguments));
    return Run.of(command, Map.of("KUBECONFIG", cluster.directory().resolve("admin.conf").toString()), "", Duration.ofMinutes(2));
  }

  private static String k(String command) {
    return k(command, "k");
  }

  private static String k(String command, String namespace) {
    return cluster.kubectl(words(command + (command.contains(" -n ") ? "" : " -n " + namespace)));
  }

  private static String[] words(String command) {
    return command.split(" +");
  }
}
