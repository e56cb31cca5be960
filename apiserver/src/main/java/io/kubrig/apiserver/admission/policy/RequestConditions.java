package io.kubrig.apiserver.admission.policy;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.admission.KindLookup;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.machinery.cel.CelProgram.Budget;
import io.kubrig.machinery.cel.CelProgram.EvaluationException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The match conditions of a webhook, compiled. Immutable. */
public final class RequestConditions {
  private static final long BUDGET = 2_500_000;

  private final Policy policy;

  private RequestConditions(Policy policy) {
    this.policy = policy;
  }

  public static RequestConditions of(List<Tree> conditions) {
    Tree spec = Tree.of("matchConditions", new ArrayList<Object>(conditions));
    return new RequestConditions(Policy.of(Tree.of("metadata", new Tree(), "spec", spec), false));
  }

  /**
   * Whether all of them hold.
   *
   * @param version in which the objects are to be seen
   * @throws EvaluationException when none says no but one fails
   */
  public boolean hold(AdmissionRequest request, String version, Cluster cluster, Authorizer authorizer, KindLookup kinds)
      throws EvaluationException {
    Budget budget = new Budget(BUDGET);
    Map<String, Object> input = new PolicyRequest(request, cluster, authorizer, kinds).input(version);
    return PolicyRequest.conditionsHold(policy, policy.withVariables(input, null, budget), budget);
  }
}
