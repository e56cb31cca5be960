package io.kubrig.testkit.assertion;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.kubrig.testkit.KubrigCluster;
import io.kubrig.testkit.traffic.Call;
import io.kubrig.testkit.traffic.CallPattern;
import io.kubrig.testkit.traffic.Traffic;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractAssert;

/** Assertions about what happened in a cluster. */
public final class ClusterAssertions extends AbstractAssert<ClusterAssertions, KubrigCluster> {
  private static final int REPORTED = 30;
  private static final int FORBIDDEN = 403;

  /** Something a test does. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  ClusterAssertions(KubrigCluster cluster) {
    super(cluster, ClusterAssertions.class);
  }

  /** An event with that reason has been recorded about the object. */
  public ClusterAssertions hasEvent(String reason, HasMetadata about) {
    List<Event> events = actual.client().v1().events().inAnyNamespace().list().getItems();
    List<Event> concerned = events.stream().filter(event -> about.getMetadata().getUid().equals(event.getInvolvedObject().getUid()))
        .toList();
    if (concerned.stream().noneMatch(event -> reason.equals(event.getReason()))) {
      List<String> told = concerned.stream().map(event -> event.getType() + " " + event.getReason() + ": " + event.getMessage()).toList();
      failWithMessage("Expected an event %s about %s %s, but there are only %s", reason, about.getKind(), about.getMetadata().getName(),
          told);
    }
    return this;
  }

  /**
   * The user is allowed to. @param resource a plural, with its group after a dot unless that is the core group: {@code
   * deployments.apps}
   */
  public ClusterAssertions allows(String user, String verb, String resource, String namespace) {
    if (!isAllowed(user, verb, resource, namespace)) {
      failWithMessage("Expected %s to be allowed to %s %s in %s, but it is not", user, verb, resource, namespace);
    }
    return this;
  }

  /** The user is not allowed to. */
  public ClusterAssertions denies(String user, String verb, String resource, String namespace) {
    if (isAllowed(user, verb, resource, namespace)) {
      failWithMessage("Expected %s not to be allowed to %s %s in %s, but it is", user, verb, resource, namespace);
    }
    return this;
  }

  private boolean isAllowed(String user, String verb, String resource, String namespace) {
    int dot = resource.indexOf('.');
    SubjectAccessReview review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(user)
            .withNewResourceAttributes()
            .withVerb(verb)
            .withResource(dot < 0 ? resource : resource.substring(0, dot))
            .withGroup(dot < 0 ? "" : resource.substring(dot + 1))
            .withNamespace(namespace)
            .endResourceAttributes()
            .endSpec()
            .build();
    return Boolean.TRUE.equals(actual.client().authorization().v1().subjectAccessReview().create(review).getStatus().getAllowed());
  }

  /** Nothing that the client asked for was forbidden: its roles are sufficient for what it did. */
  public ClusterAssertions neverForbade(String client) {
    List<String> forbidden =
        actual.traffic().calls(CallPattern.calls().by(client)).stream()
            .filter(answered -> answered.status() == FORBIDDEN)
            .map(answered -> answered.call().toString())
            .distinct()
            .toList();
    if (!forbidden.isEmpty()) {
      failWithMessage("Expected all that %s did to be allowed, but it was forbidden:%n  %s", client, String.join("\n  ", forbidden));
    }
    return this;
  }

  /** Every verb on every resource that the rules grant has been used by the client: its roles are minimal for what it did. */
  public ClusterAssertions usedAllOf(List<PolicyRule> rules, String client) {
    List<Call> made = actual.traffic().calls(CallPattern.calls().by(client)).stream().map(Traffic.Answered::call).toList();
    List<String> unused = new ArrayList<>();
    for (PolicyRule rule : rules) {
      for (String resource : rule.getResources()) {
        for (String verb : rule.getVerbs()) {
          if (made.stream().noneMatch(call -> uses(call, rule, resource, verb))) {
            unused.add(verb + " " + resource + " of " + rule.getApiGroups());
          }
        }
      }
    }
    if (!unused.isEmpty()) {
      failWithMessage("Expected %s to use all that it is granted, but it never used:%n  %s", client, String.join("\n  ", unused));
    }
    return this;
  }

  private static boolean uses(Call call, PolicyRule rule, String resource, String verb) {
    String called = call.subresource().isEmpty() ? call.resource() : call.resource() + "/" + call.subresource();
    return (verb.equals("*") || verb.equals(call.verb()))
        && (resource.equals("*") || resource.equals(called))
        && (rule.getApiGroups().contains("*") || rule.getApiGroups().contains(call.group()));
  }

  /**
   * While the action runs and until the cluster has settled, no call of the pattern is made: with {@link CallPattern#writes} a proof
   * of idempotence.
   */
  public ClusterAssertions makesNo(CallPattern calls, Action action) throws Exception {
    return makesAtMost(0, calls, action);
  }

  /** While the action runs and until the cluster has settled, at most so many calls of the pattern are made. */
  public ClusterAssertions makesAtMost(int count, CallPattern calls, Action action) throws Exception {
    long mark = actual.traffic().mark();
    action.run();
    actual.settle();
    List<Traffic.Answered> made = actual.traffic().since(mark, calls);
    if (made.size() > count) {
      List<String> shown = made.stream().limit(REPORTED).map(Traffic.Answered::toString).toList();
      failWithMessage("Expected at most %d %s, but there were %d:%n  %s", count, calls, made.size(), String.join("\n  ", shown));
    }
    return this;
  }
}
