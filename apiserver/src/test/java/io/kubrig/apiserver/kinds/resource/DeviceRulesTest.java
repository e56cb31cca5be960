package io.kubrig.apiserver.kinds.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Devices that say one thing, and what native answers. */
class DeviceRulesTest {
  private static List<String> wrong(String members) {
    Tree device = Json.readTree(("{'name':'d'," + members + "}").replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    FieldErrors errors = new FieldErrors();
    DeviceRules.check(device, false, FieldPath.of("d"), errors);
    return errors.causes().stream().map(cause -> cause.field() + ": " + cause.message()).toList();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'attributes':{'a':{}} | d.attributes[a]: Invalid value: \"\": exactly one value must be specified",
    "'attributes':{'a':{'version':'1.2'}} | d.attributes[a].version: Invalid value: \"1.2\": must be a string compatible with "
        + "semver.org spec "
        + "2.0.0",
    "'capacity':{'m':{'value':'1','requestPolicy':{}}} | d.capacity[m].requestPolicy: Forbidden: allowMultipleAllocations must be true",
    "'taints':[{'key':'k','effect':'x'}] | d.taints[0].effect: Unsupported value: \"x\": supported values: \"NoExecute\", \"NoSchedule\", "
        + "\"None\"",
    "'consumesCounters':[{'counterSet':'c'}] | d.consumesCounters[0].counters: Required value",
    "'allNodes':true | d: Invalid value: null: `nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` "
        + "is set to "
        + "true in the ResourceSlice spec",
    "'bindingConditions':['a'] | d.bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use "
        + "bindingConditions",
  })
  void a_device_that_says_one_thing_wrong(String members, String wrong) {
    assertThat(wrong(members)).containsExactly(wrong);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'validRange':{'min':'1'} | default: Required value: required when validRange is defined",
    "'default':'1','validRange':{'min':'2'} | validRange.min: Invalid value: \"1\": default is less than min: 2",
    "'default':'2','validRange':{'min':'2','max':'9'} | validRange.max: Invalid value: \"9\": max is larger than capacity value: 8",
    "'default':'3','validRange':{'min':'2','step':'2'} | validRange.step: Invalid value: \"3\": value is not a multiple of a given "
        + "step (2) "
        + "from (2)",
    "'default':'2','validValues':['4','2'] | validValues[1]: Invalid value: \"2\": values must be sorted in ascending order",
    "'default':'3','validValues':['2','4'] | validValues: Invalid value: \"3\": default value is not valid according to the requestPolicy",
  })
  void a_policy_of_requests_fits_its_capacity(String policy, String wrong) {
    String capacity = "'allowMultipleAllocations':true,'capacity':{'m':{'value':'8','requestPolicy':{" + policy + "}}}";
    assertThat(wrong(capacity)).containsExactly("d.capacity[m].requestPolicy." + wrong);
  }

  @Test
  void a_device_of_a_slice_without_a_place_says_where_it_is() {
    FieldErrors errors = new FieldErrors();
    DeviceRules.check(Tree.of("name", "d"), true, FieldPath.of("d"), errors);
    assertThat(errors.causes()).extracting(cause -> cause.field()).containsExactly("d");
  }
}
