package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authn.BoundedCache;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.remote.ReviewCalls;
import io.kubrig.machinery.cel.CelProgram.EvaluationException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a server by a SubjectAccessReview and remembers its answers for a while. (Source: apiserver/plugin/pkg/authorizer/webhook.) */
public final class WebhookAuthorizer implements Authorizer {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookAuthorizer.class);
  private static final int REMEMBERED = 8192;
  private static final int LONGEST = 10_000;

  private final ReviewCalls calls;
  private final Settings settings;
  private final MatchConditions conditions;
  private final Clock clock;
  private final BoundedCache<Remembered> answers = new BoundedCache<>(REMEMBERED);

  /**
   * How a webhook is used.
   *
   * @param version of the reviews, v1 or v1beta1
   * @param allowedLife how long what is allowed is remembered; zero for not at all, likewise {@code otherLife}
   * @param onFailure what a request gets when the server cannot be asked
   */
  public record Settings(String name, String version, Duration allowedLife, Duration otherLife, Verdict.Decision onFailure) {}

  private record Remembered(Verdict verdict, Instant end) {}

  WebhookAuthorizer(ReviewCalls calls, Settings settings, MatchConditions conditions, Clock clock) {
    this.calls = calls;
    this.settings = settings;
    this.conditions = conditions;
    this.clock = clock;
  }

  /** One that is asked about everything. */
  public WebhookAuthorizer(ReviewCalls calls, Settings settings, Clock clock) {
    this(calls, settings, MatchConditions.none(), clock);
  }

  @Override
  public Verdict authorize(Attributes asked) {
    try {
      if (!conditions.hold(asked)) {
        return Verdict.noOpinion("");
      }
      Tree spec = SubjectQuestion.spec(asked, settings.version.equals("v1beta1") ? "group" : "groups");
      String key = Json.text(spec);
      Instant now = clock.now();
      Optional<Remembered> known = answers.get(key).filter(answer -> answer.end.isAfter(now));
      return known.isPresent() ? known.get().verdict : ask(spec, key, asked, now);
    } catch (IOException e) {
      LOG.error("Failed to make webhook authorizer request: {}", e.getMessage());
      return Verdict.failed(settings.onFailure, e.getMessage());
    } catch (EvaluationException e) {
      LOG.error("A match condition of the authorizer {} could not be evaluated: {}", settings.name, e.getMessage());
      return Verdict.failed(settings.onFailure, "cel evaluation error: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Verdict.failed(settings.onFailure, "interrupted");
    }
  }

  private Verdict ask(Tree spec, String key, Attributes asked, Instant now) throws IOException, InterruptedException {
    Tree review =
        Tree.of(
            "kind", "SubjectAccessReview", "apiVersion", "authorization.k8s.io/" + settings.version, "metadata", new Tree(), "spec", spec,
                "status",
            Tree.of("allowed", false));
    Tree status = calls.answer(review).tree("status");
    boolean allowed = status.bool("allowed");
    Verdict verdict = verdict(allowed, status.bool("denied"), status.string("reason"));
    Duration life = allowed ? settings.allowedLife : settings.otherLife;
    if (life.isPositive() && length(asked) < LONGEST) {
      answers.put(key, new Remembered(verdict, now.plus(life)));
    }
    return verdict;
  }

  private static Verdict verdict(boolean allowed, boolean denied, String reason) {
    if (denied && allowed) {
      return new Verdict(Verdict.Decision.DENY, reason, "webhook subject access review returned both allow and deny response");
    }
    return denied ? Verdict.deny(reason) : allowed ? Verdict.allow(reason) : Verdict.noOpinion(reason);
  }

  /** Of what a client chooses freely: it must not fill the memory. */
  private static int length(Attributes asked) {
    return asked.namespace().length() + asked.verb().length() + asked.group().length() + asked.version().length() + asked.resource()
        .length()
        + asked.subresource().length() + asked.name().length() + asked.path().length() + asked.fieldSelector().length()
            + asked.labelSelector().length();
  }

  @Override
  public UserRules rulesFor(UserInfo user, String namespace) {
    return new UserRules(List.of(), true, "webhook authorizer does not support user rule resolution");
  }
}
