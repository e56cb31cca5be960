package io.kubrig.apiserver.kinds.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.registry.Operation;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DeviceTaintRuleKindTest {
  private static final String EARLY = Timestamps.format(Instant.parse("2026-01-01T00:00:00Z"));
  private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
  private static final Operation OPERATION = new Operation(Operation.Verb.UPDATE, null, "v1beta2", "", "", "rule", null,
      new Operation.Options(false, "test", false, Operation.FieldValidation.IGNORE), NOW);

  private static Tree rule(String taint) {
    return Json.readTree(("{'spec':{'taint':{" + taint + "}}}").replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static String since(Tree rule) {
    return rule.tree("spec").tree("taint").string("timeAdded");
  }

  @Test
  void a_taint_says_since_when_it_is() {
    Tree made = rule("'effect':'None'");
    new DeviceTaintRuleKind().prepareForCreate(made, OPERATION);
    assertThat(since(made)).isEqualTo(Timestamps.format(NOW));
  }

  @Test
  void another_effect_begins_anew_unless_the_user_says_when() {
    String time = "'timeAdded':'" + EARLY + "'";
    Tree changed = rule("'effect':'NoExecute'," + time);
    new DeviceTaintRuleKind().prepareForUpdate(changed, rule("'effect':'None'," + time), OPERATION);
    assertThat(since(changed)).isEqualTo(Timestamps.format(NOW));

    Tree same = rule("'effect':'None','value':'x'," + time);
    new DeviceTaintRuleKind().prepareForUpdate(same, rule("'effect':'None'," + time), OPERATION);
    assertThat(since(same)).isEqualTo(EARLY);
  }
}
