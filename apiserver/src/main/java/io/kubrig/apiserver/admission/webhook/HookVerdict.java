package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * What a webhook answered.
 *
 * @param result a Status
 * @param patch decoded; empty for none
 */
record HookVerdict(
    boolean allowed, Tree result, byte[] patch, String patchType, List<String> warnings, Map<String, String> auditAnnotations) {

  /** An answer that is none. */
  static final class InvalidException extends Exception {
    private static final long serialVersionUID = 1;

    InvalidException(String message) {
      super(message);
    }
  }

  /**
   * Reads an answer.
   *
   * @param version of the review that was sent
   * @param mutating whether patches are allowed
   */
  static HookVerdict read(Tree review, String version, String uid, boolean mutating) throws InvalidException {
    if (!(review.get("response") instanceof Tree response)) {
      throw new InvalidException("webhook response was absent");
    }
    boolean strict = version.equals("v1");
    if (strict) {
      checkIdentity(review, response, uid);
    }
    byte[] patch = patch(response);
    String patchType = response.string("patchType");
    if (strict) {
      checkPatch(response, patch, mutating);
    } else if (patch.length > 0) {
      patchType = "JSONPatch";
    }
    boolean usesPatch = mutating && patch.length > 0;
    return new HookVerdict(
        response.bool("allowed"),
        response.get("status") instanceof Tree status ? status : new Tree(),
        usesPatch ? patch : new byte[0],
        patchType,
        response.strings("warnings"),
        response.stringMap("auditAnnotations"));
  }

  private static void checkIdentity(Tree review, Tree response, String uid) throws InvalidException {
    if (!response.string("uid").equals(uid)) {
      throw new InvalidException("expected response.uid=\"" + uid + "\", got \"" + response.string("uid") + "\"");
    }
    String apiVersion = review.string("apiVersion");
    if (!apiVersion.equals(Reviews.apiVersion("v1")) || !review.string("kind").equals("AdmissionReview")) {
      throw new InvalidException(
          "expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got " + apiVersion + ", Kind=" + review.string("kind"));
    }
  }

  private static byte[] patch(Tree response) throws InvalidException {
    try {
      return Base64.getDecoder().decode(response.string("patch"));
    } catch (IllegalArgumentException e) {
      throw new InvalidException("response.patch is not base64");
    }
  }

  private static void checkPatch(Tree response, byte[] patch, boolean mutating) throws InvalidException {
    boolean typed = response.get("patchType") != null;
    if (!mutating && patch.length > 0) {
      throw new InvalidException("validating webhook may not return response.patch");
    }
    if (!mutating && typed) {
      throw new InvalidException("validating webhook may not return response.patchType");
    }
    if (patch.length > 0 && !typed) {
      throw new InvalidException("webhook returned response.patch but not response.patchType");
    }
    if (patch.length == 0 && typed) {
      throw new InvalidException("webhook returned response.patchType but not response.patch");
    }
    if (typed && response.string("patchType").isEmpty()) {
      throw new InvalidException("webhook returned invalid response.patchType of \"\"");
    }
  }

  /** The refusal as the client gets it. */
  ApiException refusal(Hook hook) {
    String deniedBy = "admission webhook \"" + hook.name() + "\" denied the request";
    String message = result.string("message");
    String reason = result.string("reason");
    String why = message.isEmpty() ? reason : message;
    String text = why.isEmpty() ? deniedBy + " without explanation" : deniedBy + ": " + why;
    int code = (int) Math.max(400, result.integer("code"));
    return ApiException.stated(code, reason, text, result.get("details") instanceof Tree details ? details : null);
  }
}
