package io.kubrig.apiserver.kinds.pod;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a container or pod that says one thing: members of it, and what native answers. */
class PodRuleTableTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'envFrom':[{'configMapRef':{}}] | spec.containers[0].envFrom[0].configMapRef.name: Required value",
    "'envFrom':[{'prefix':'='}] | spec.containers[0].envFrom[0].prefix: Invalid value: \"=\": a valid environment variable name must "
        + "consist "
        + "only of printable ASCII characters other than '='",
    "'securityContext':{'windowsOptions':{'runAsUserName':' .'}} | spec.containers[0].securityContext.windowsOptions.runAsUserName: "
        + "Invalid value: \" .\": runAsUserName's User cannot contain only periods or spaces",
    "'securityContext':{'windowsOptions':{'hostProcess':true}} | spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod "
        + "contains any hostProcess containers",
    "'env':[{'name':'A','valueFrom':{'fileKeyRef':{'volumeName':'v','path':'p','key':'K'}}}] | "
        + "spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Not found: \"v\"",
  })
  void of_a_container(String members, String wrong) {
    assertThat(Specs.wrong(Specs.container(members))).contains(wrong);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'overhead':{'hugepages-1Gi':'1Gi'} | spec.overhead: Forbidden: HugePages require cpu or memory",
    "'os':{'name':'windows'},'resources':{} | spec.resources: Forbidden: may not be set for a windows pod",
    "'resources':{'claims':[{'name':'a'}]} | spec.resources.claims[0]: Not found: \"a\": must be one of the names in "
        + "pod.spec.resourceClaims "
        + "which is empty",
    "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'a','whenUnsatisfiable':'x','minDomains':2}] | "
        + "spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if "
        + "whenUnsatisfiable=DoNotSchedule, not x",
    "'topologySpreadConstraints':[{'maxSkew':1,'topologyKey':'a','whenUnsatisfiable':'DoNotSchedule','matchLabelKeys':['k'],"
        + "'labelSelector':{'matchLabels':{'k':'v'},'matchExpressions':[{'key':'k','operator':'Exists'}]}}] | "
        + "spec.topologySpreadConstraints[0][0]: Invalid value: \"k\": exists in both matchLabelKeys and labelSelector",
    "'initContainers':[{'name':'i','image':'i','resizePolicy':[{'resourceName':'cpu','restartPolicy':'RestartContainer'}]}] | "
        + "spec.initContainers[0].resizePolicy[0].restartPolicy: Invalid value: \"RestartContainer\": must not be set to "
        + "'RestartContainer' for "
        + "non-sidecar initContainers",
    "'initContainers':[{'name':'i','image':'i','restartPolicyRules':[{'action':'x'}]}] | spec.initContainers[0].restartPolicy: "
        + "Required value: "
        + "must specify restartPolicy when restart rules are used",
    "'securityContext':{'windowsOptions':{'gmsaCredentialSpec':''}} | spec.securityContext.windowsOptions.gmsaCredentialSpec: Invalid "
        + "value: "
        + "\"\": gmsaCredentialSpec cannot be an empty string",
  })
  void of_a_pod(String members, String wrong) {
    assertThat(Specs.wrong(Specs.pod(members))).contains(wrong);
  }
}
