package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.admission.policy.RequestConditions;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.List;

/**
 * One webhook of a configuration. Immutable.
 *
 * @param uid {@code configuration/name/n}, n counting webhooks of the same name
 * @param conditions null for none
 */
record Hook(String configuration, String uid, Tree stated, LabelSelector namespaces, LabelSelector objects, RequestConditions conditions) {

  static Hook of(String configuration, String uid, Tree stated) {
    List<Tree> conditions = stated.trees("matchConditions");
    return new Hook(
        configuration,
        uid,
        stated,
        LabelSelector.of(stated.tree("namespaceSelector")),
        LabelSelector.of(stated.tree("objectSelector")),
        conditions.isEmpty() ? null : RequestConditions.of(conditions));
  }

  String name() {
    return stated.string("name");
  }

  /** Whether requests go on when the webhook cannot be asked. */
  boolean failsOpen() {
    return stated.string("failurePolicy").equals("Ignore");
  }

  boolean matchesEquivalents() {
    return stated.string("matchPolicy").equals("Equivalent");
  }

  boolean reinvokes() {
    return stated.string("reinvocationPolicy").equals("IfNeeded");
  }

  /** Whether it may be asked about a request that is not to leave a trace. */
  boolean supportsDryRun() {
    String effects = stated.string("sideEffects");
    return effects.equals("None") || effects.equals("NoneOnDryRun");
  }

  Duration timeout() {
    return Duration.ofSeconds(stated.integer("timeoutSeconds", 10));
  }
}
