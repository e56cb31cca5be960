package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.webhook.ClientConfig;
import io.kubrig.apiserver.webhook.HookCallException;
import io.kubrig.apiserver.webhook.HookCredentials;
import io.kubrig.machinery.tree.Tree;
import java.util.UUID;

/** Asks webhooks: writes the review, posts it, reads the verdict, and passes on what it says to the client and to the audit log. */
final class HookCaller {
  private final WebhookServices services;
  private final HookCredentials credentials;
  private final boolean mutating;

  HookCaller(WebhookServices services, HookCredentials credentials, boolean mutating) {
    this.services = services;
    this.credentials = credentials;
    this.mutating = mutating;
  }

  /**
   * @throws HookFailure when there is no verdict
   * @throws ApiException when the webhook may not be asked at all
   */
  HookVerdict call(AdmissionRequest request, Invocation invocation) throws HookFailure {
    Hook hook = invocation.hook();
    if (request.operation().dryRun() && !hook.supportsDryRun()) {
      throw ApiException.badRequest("admission webhook \"" + hook.name() + "\" does not support dry run");
    }
    String version = Reviews.version(hook);
    if (version.isEmpty()) {
      String why = "webhook does not accept known AdmissionReview versions (v1, v1beta1)";
      throw new HookFailure(hook, "could not create admission objects: " + why, 400);
    }
    String uid = uid();
    Tree object = request.inVersion(request.seen(), invocation.kind().apiVersion());
    Tree old = request.inVersion(request.seenOld(), invocation.kind().apiVersion());
    Tree review = Reviews.write(version, uid, request, invocation, object, old);
    HookVerdict verdict = verdict(hook, version, uid, review);
    verdict.auditAnnotations().forEach((key, value) -> request.operation().audit().annotate(hook.name() + "/" + key, value));
    verdict.warnings().forEach(request.operation()::warn);
    return verdict;
  }

  private HookVerdict verdict(Hook hook, String version, String uid, Tree review) throws HookFailure {
    Tree answer;
    try {
      answer = services.client().post(ClientConfig.of(hook.stated().tree("clientConfig")), credentials, review, hook.timeout());
    } catch (HookCallException e) {
      throw new HookFailure(hook, "failed to call webhook: " + e.getMessage(), e.code());
    } catch (IllegalArgumentException e) {
      throw new HookFailure(hook, "could not get REST client: " + e.getMessage(), 500);
    }
    try {
      return HookVerdict.read(answer, version, uid, mutating);
    } catch (HookVerdict.InvalidException e) {
      throw new HookFailure(hook, "received invalid webhook response: " + e.getMessage(), 503);
    }
  }

  private String uid() {
    var random = services.cluster().random();
    return new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() & ~(3L << 62)) | (1L << 63)).toString();
  }
}
