package io.kubrig.kubelet.server;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.health.Access.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a user may do something to this node through the kubelet: a question to the API server about a subresource of the node. Answers
 * are kept for a while. Source: Kubelet authorization, KEP-2862.
 */
public final class NodeAccess {
  private static final Logger LOG = LoggerFactory.getLogger(NodeAccess.class);
  private static final int MAX_KEPT = 1000;

  private final KubernetesClient client;
  private final String nodeName;
  private final Duration keepAllowed;
  private final Duration keepDenied;
  private final Clock clock;
  private final Map<Question, Answer> kept = new ConcurrentHashMap<>();

  /** @param client null when everything is allowed ({@code AlwaysAllow}) */
  public NodeAccess(KubernetesClient client, String nodeName, Duration keepAllowed, Duration keepDenied, Clock clock) {
    this.client = client;
    this.nodeName = nodeName;
    this.keepAllowed = keepAllowed;
    this.keepDenied = keepDenied;
    this.clock = clock;
  }

  private record Question(Caller caller, String verb, String subresource) {}

  private record Answer(boolean allowed, Instant until) {}

  /** Whether the user may, for any of the subresources: the finer ones are asked first, {@code proxy} covers all. */
  boolean allows(Caller caller, String method, List<String> subresources) {
    return subresources.stream().anyMatch(subresource -> allows(new Question(caller, verb(method), subresource)));
  }

  /** How a refusal names what was asked for. */
  String describe(Caller caller, String method, List<String> subresources) {
    return "Forbidden (user=" + caller.name() + ", verb=" + verb(method) + ", resource=nodes, subresource(s)=" + subresources.toString()
        .replace(", ", " ") + ")";
  }

  private boolean allows(Question question) {
    if (client == null) {
      return true;
    }
    Answer known = kept.get(question);
    if (known != null && clock.now().isBefore(known.until)) {
      return known.allowed;
    }
    boolean allowed = ask(question);
    if (kept.size() >= MAX_KEPT) {
      kept.clear();
    }
    kept.put(question, new Answer(allowed, clock.now().plus(allowed ? keepAllowed : keepDenied)));
    return allowed;
  }

  private boolean ask(Question question) {
    SubjectAccessReview review =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser(question.caller.name())
            .withUid(question.caller.uid())
            .withGroups(question.caller.groups())
            .withNewResourceAttributes()
            .withVersion("v1")
            .withResource("nodes")
            .withSubresource(question.subresource)
            .withName(nodeName)
            .withVerb(question.verb)
            .endResourceAttributes()
            .endSpec()
            .build();
    try {
      SubjectAccessReview answer = client.authorization().v1().subjectAccessReview().create(review);
      return answer.getStatus() != null && Boolean.TRUE.equals(answer.getStatus().getAllowed());
    } catch (KubernetesClientException e) {
      LOG.error("The permission of {} could not be reviewed: {}", question.caller.name(), e.getMessage());
      return false;
    }
  }

  private static String verb(String method) {
    return switch (method) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> "get";
    };
  }
}
