package io.kubrig.apiserver.kinds.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.machinery.tree.Tree;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The status of a pod with one container c, which requests cpu: one thing that it says, and what native answers. */
class PodStatusRulesTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'conditions':[{'type':'Ready','observedGeneration':-1}] | status.conditions[0].observedGeneration: Invalid value: -1: must be a "
        + "non-negative integer",
    "'conditions':[{'type':'a/b/c'}] | status.conditions[0].Type: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric "
        + "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
        + "'123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix "
        + "and '/' "
        + "(e.g. 'example.com/MyName')",
    "'resourceClaimStatuses':[{'name':'r'}] | status.resourceClaimStatuses[0].name: Invalid value: \"r\": must match the name of an "
        + "entry in "
        + "`spec.resourceClaims`",
    "'extendedResourceClaimStatus':{'resourceClaimName':'r'} | status.extendedResourceClaimStatus.requestMappings: Required value: at "
        + "least "
        + "one request mapping is required",
    "'containerStatuses':[{'name':'c','allocatedResourcesStatus':[{'name':'x'}]}] | "
        + "status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: \"x\": must match one of the container's resource "
        + "requests",
    "'containerStatuses':[{'name':'c','allocatedResourcesStatus':[{'name':'cpu','resources':[{'resourceID':'i','health':'x'}]}]}] | "
        + "status.containerStatuses[0].allocatedResourcesStatus[0].resources[0].health: Unsupported value: \"x\": supported values: "
        + "\"Healthy\", \"Unhealthy\", \"Unknown\"",
    "'ephemeralContainerStatuses':[{'allocatedResourcesStatus':[{}]}] | status.ephemeralContainerStatuses[0].allocatedResourcesStatus: "
        + "Forbidden: must not be specified in container status",
  })
  void a_status_that_says_one_thing_wrong(String members, String wrong) {
    Tree pod = Specs.tree("{'spec':{'containers':[{'name':'c','resources':{'requests':{'cpu':'1'}}}]},'status':{" + members + "}}");
    FieldErrors errors = new FieldErrors();
    PodStatusRules.check(pod, errors);
    assertThat(errors.causes()).extracting(cause -> cause.field() + ": " + cause.message()).containsExactly(wrong);
  }
}
