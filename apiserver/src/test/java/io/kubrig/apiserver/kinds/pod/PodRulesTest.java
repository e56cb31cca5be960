package io.kubrig.apiserver.kinds.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PodRulesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "'initContainers':[{'name':'x','image':'i','restartPolicy':'Always','livenessProbe':{'tcpSocket':{'port':'http'}}}]",
        "'tolerations':[{'operator':'Exists'},{'key':'a','operator':'Equal','value':'b','effect':'NoExecute','tolerationSeconds':3}]",
        "'volumes':[{'name':'v','configMap':{'name':'x'}},{'name':'w','hostPath':{'path':'/a'}}]",
        "'dnsConfig':{'searches':['a_b.example.com.','.'],'nameservers':['1.1.1.1','::1']}",
        "'affinity':{'nodeAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':{'nodeSelectorTerms':[{'matchExpressions':"
            + "[{'key':'a','operator':'Gt','values':['3']}]}]}}}",
        "'os':{'name':'linux'},'hostname':'a','subdomain':'b'"
      })
  void accepts_well_formed_pods(String members) {
    assertThat(Specs.wrong(Specs.pod(members))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'restartPolicy':'X' | spec.restartPolicy: Unsupported value: \"X\": supported values: \"Always\", \"OnFailure\", \"Never\"",
        "'activeDeadlineSeconds':0 | spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive",
        "'dnsPolicy':'None' | spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None",
        "'subdomain':'a.b' | spec.subdomain: Invalid value: \"a.b\": must not contain dots",
        "'os':{'name':'x'} | spec.os: Unsupported value: \"x\": supported values: \"linux\", \"windows\"",
        "'volumes':[{'name':'v','hostPath':{'path':'/a/..'}}] | spec.volumes[0].hostPath.path: Invalid value: \"/a/..\": must not "
            + "contain '..'",
        "'volumes':[{'name':'v','secret':{}}] | spec.volumes[0].secret.secretName: Required value",
        "'volumes':[{'name':'v','emptyDir':{},'nfs':{'server':'s','path':'/'}}] "
            + "| spec.volumes[0].nfs: Forbidden: may not specify more than 1 volume type",
        "'tolerations':[{'value':'x'}] | spec.tolerations[0].operator: Invalid value: \"\": operator must be Exists when `key` is "
            + "empty, which"
            + " means \"match all values and all keys\"",
        "'hostPID':true,'shareProcessNamespace':true | spec.securityContext.shareProcessNamespace: Invalid value: true: "
            + "ShareProcessNamespace and"
            + " HostPID cannot both be enabled",
        "'os':{'name':'windows'},'hostIPC':true | spec.hostIPC: Forbidden: cannot be set for a windows pod",
        "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'z','whenUnsatisfiable':'X'}] | "
            + "spec.topologySpreadConstraints[0].whenUnsatisfiable:"
            + " Unsupported value: \"X\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\"",
        "'schedulingGates':[{'name':'a'},{'name':'a'}] | spec.schedulingGates[1]: Duplicate value: \"a\""
      })
  void says_what_is_wrong_with_a_pod(String members, String message) {
    assertThat(Specs.wrong(Specs.pod(members.strip()))).containsExactly(message.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'ports':[{'containerPort':0,'protocol':'TCP'}] | spec.containers[0].ports[0].containerPort: Required value",
        "'ports':[{'containerPort':70000,'protocol':'TCP'}] | spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be "
            + "between 1 and"
            + " 65535, inclusive",
        "'env':[{'name':'A=B'}] | spec.containers[0].env[0].name: Invalid value: \"A=B\": a valid environment variable name must "
            + "consist only of"
            + " printable ASCII characters other than '='",
        "'env':[{'name':'A','valueFrom':{}}] | spec.containers[0].env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`,"
            + " `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        "'env':[{'name':'A','valueFrom':{'fieldRef':{'fieldPath':'status.phase'}}}] | "
            + "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath:"
            + " Unsupported value: \"status.phase\": supported values: \"metadata.name\", \"metadata.namespace\", \"metadata.uid\","
            + " \"spec.nodeName\", \"spec.serviceAccountName\", \"status.hostIP\", \"status.hostIPs\", \"status.podIP\", \"status.podIPs\"",
        "'volumeMounts':[{'name':'x','mountPath':'/a'}] | spec.containers[0].volumeMounts[0].name: Not found: \"x\"",
        "'resources':{'limits':{'hugepages-2Mi':'3Mi','cpu':'1'}} | spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "
            + "\"3Mi\": 3Mi is"
            + " not positive integer multiple of hugepages-2Mi",
        "'resources':{'claims':[{'name':'x'}]} | spec.containers[0].resources.claims[0]: Not found: \"x\": must be one of the names in"
            + " pod.spec.resourceClaims which is empty",
        "'livenessProbe':{} | spec.containers[0].livenessProbe: Required value: must specify a handler type",
        "'lifecycle':{'preStop':{'sleep':{'seconds':31}}} | spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be "
            + "non-negative and less"
            + " than terminationGracePeriodSeconds (30)",
        "'securityContext':{'seccompProfile':{'type':'Localhost'}} | "
            + "spec.containers[0].securityContext.seccompProfile.localhostProfile: Required value:"
            + " must be set when seccomp type is Localhost"
      })
  void says_what_is_wrong_with_a_container(String members, String message) {
    Tree spec = Specs.container(members.strip());
    spec.trees("containers").forEach(container -> container.tree("resources").remove("requests"));
    assertThat(Specs.wrong(spec)).contains(message.strip());
  }

  @Test
  void does_not_let_containers_mount_a_volume_that_is_malformed() {
    Tree spec = Specs.pod("'volumes':[{'name':'v','secret':{}}],'containers':[{'name':'c','image':'i','volumeMounts':[{'name':'v','mountPath':'/m'}]}]");
    assertThat(Specs.wrong(spec)).contains("spec.containers[0].volumeMounts[0].name: Not found: \"v\"");
  }

  @Test
  void lets_only_few_fields_of_a_pod_change() {
    Tree old = Specs.pod("");
    assertThat(update(old, "'containers':[{'name':'c','image':'other'}]")).isEmpty();
    assertThat(update(old, "'activeDeadlineSeconds':5")).isEmpty();
    assertThat(update(old, "'tolerations':[{'key':'a','operator':'Exists'}]")).isEmpty();
    assertThat(update(old, "'schedulingGates':[{'name':'g'}]"))
        .containsExactly("Forbidden: only deletion is allowed, but found new scheduling gate 'g'");
    assertThat(update(old, "'containers':[]")).containsExactly("Forbidden: pod updates may not add or remove containers");
    assertThat(update(old, "'nodeName':'n'")).singleElement().asString()
        .startsWith("Forbidden: pod updates may not change fields other than ");
  }

  @Test
  void lets_gated_pods_fit_fewer_nodes_but_not_others() {
    Tree old = Specs.pod("'schedulingGates':[{'name':'g'}],'nodeSelector':{'a':'b'}");
    assertThat(update(old, "'nodeSelector':{'a':'b','c':'d'}")).isEmpty();
    assertThat(update(old, "'nodeSelector':{'a':'x'}"))
        .containsExactly("Invalid value: {\"a\":\"x\"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)");
  }

  private static List<String> update(Tree old, String members) {
    FieldErrors errors = new FieldErrors();
    PodUpdateRules.spec(Specs.pod(members), old, errors);
    return errors.causes().stream().map(cause -> cause.message()).toList();
  }
}
