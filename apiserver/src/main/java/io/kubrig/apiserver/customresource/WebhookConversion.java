package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.webhook.ClientConfig;
import io.kubrig.apiserver.webhook.HookCallException;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Strategy Webhook: asks the webhook for all objects that are not in the wanted version yet, in one call. Only labels and annotations
 * of what it answers count of the metadata. (Source: apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go.)
 */
final class WebhookConversion implements Conversion {
  private static final String GROUP = "apiextensions.k8s.io/";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Definition definition;
  private final ConversionServices services;
  private final ConversionMetrics metrics;

  WebhookConversion(Definition definition, ConversionServices services) {
    this.definition = definition;
    this.services = services;
    metrics = new ConversionMetrics(services.meters());
  }

  @Override
  public Tree convert(Tree object, String apiVersion) {
    if (object.size() == 2 && object.has("apiVersion") && object.has("kind")) {
      return object.set("apiVersion", apiVersion); // there is nothing to convert in an empty object
    }
    GroupVersionKind from = GroupVersionKind.of(object.string("apiVersion"), object.string("kind"));
    return converted(List.of(object), apiVersion, from, "object").getFirst();
  }

  @Override
  public List<Tree> convertAll(List<Tree> objects, String apiVersion) {
    return converted(objects, apiVersion, GroupVersionKind.of(apiVersion, definition.names().listKind()), "converted object at index ");
  }

  /** What went wrong, and how metrics call it. */
  private static final class FailedException extends Exception {
    private static final long serialVersionUID = 1;
    private final String type;

    FailedException(String type, String message) {
      super(message);
      this.type = type;
    }
  }

  /**
   * @param named the kind that messages name
   * @param place what messages call an object that was answered
   */
  private List<Tree> converted(List<Tree> objects, String apiVersion, GroupVersionKind named, String place) {
    List<Tree> others = objects.stream().filter(object -> !object.string("apiVersion").equals(apiVersion)).toList();
    if (others.isEmpty()) {
      return objects;
    }
    String subject = "conversion webhook for " + named.apiVersion() + ", Kind=" + named.kind();
    long begun = services.clock().nanos();
    boolean succeeded = false;
    try {
      List<Tree> answered = ask(others, apiVersion, subject);
      List<Tree> result = merged(objects, answered, apiVersion, subject + " returned invalid ", place);
      metrics.succeeded(services.clock().nanos() - begun);
      succeeded = true;
      return result;
    } catch (FailedException e) {
      metrics.failed(e.type, services.clock().nanos() - begun);
      throw new ApiException(500, "", e.getMessage(), Tree.empty());
    } finally {
      String from = GroupVersionKind.of(others.getFirst().string("apiVersion"), "").version();
      String to = GroupVersionKind.of(apiVersion, "").version();
      metrics.converted(definition.name(), from, to, succeeded, services.clock().nanos() - begun);
    }
  }

  private List<Tree> ask(List<Tree> objects, String apiVersion, String subject) throws FailedException {
    Tree webhook = definition.conversion().tree("webhook");
    String version = webhook.strings("conversionReviewVersions").stream().filter(List.of("v1", "v1beta1")::contains).findFirst().orElse("");
    if (version.isEmpty()) {
      throw new FailedException("conversion_webhook_call_failure", "no supported conversion review versions");
    }
    String uid = uid();
    Tree request = Tree.of("uid", uid, "desiredAPIVersion", apiVersion, "objects", new ArrayList<Object>(objects));
    Tree response = Tree.of("uid", "", "convertedObjects", null, "result", Tree.of("metadata", new Tree()));
    Tree review = Tree.of("kind", "ConversionReview", "apiVersion", GROUP + version, "request", request, "response", response);
    Tree answer;
    try {
      answer = services.client().post(ClientConfig.of(webhook.tree("clientConfig")), review, TIMEOUT);
    } catch (HookCallException | IllegalArgumentException e) {
      throw new FailedException("conversion_webhook_call_failure", subject + " failed: " + e.getMessage());
    }
    List<Object> converted = verified(answer, version, uid, subject + " failed: ");
    if (converted.size() != objects.size()) {
      throw new FailedException(
          "conversion_webhook_partial_response_failure",
          subject + " returned " + converted.size() + " objects, expected " + objects.size());
    }
    return converted.stream().map(one -> one instanceof Tree tree ? tree : new Tree()).toList();
  }

  private String uid() {
    var random = services.random();
    return new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() & ~(3L << 62)) | (1L << 63)).toString();
  }

  private static List<Object> verified(Tree review, String version, String uid, String failed) throws FailedException {
    boolean strict = version.equals("v1");
    boolean right = review.string("apiVersion").equals(GROUP + "v1") && review.string("kind").equals("ConversionReview");
    if (strict && !right) {
      throw malformed(
          failed + "expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got " + review.string("apiVersion")
              + ", Kind=" + review.string("kind"));
    }
    if (!(review.get("response") instanceof Tree response)) {
      throw malformed(failed + "no response provided");
    }
    if (strict && !response.string("uid").equals(uid)) {
      throw malformed(failed + "expected response.uid=\"" + uid + "\", got \"" + response.string("uid") + "\"");
    }
    Tree result = response.tree("result");
    if (!result.string("status").equals("Success")) {
      String message = result.string("message");
      String status = "response.result.status was '" + result.string("status") + "', not 'Success'";
      throw malformed(failed + (message.isEmpty() ? status : message));
    }
    return response.list("convertedObjects");
  }

  private static FailedException malformed(String message) {
    return new FailedException("conversion_webhook_malformed_response_failure", message);
  }

  /** The objects with the converted ones in their places. */
  private static List<Tree> merged(List<Tree> objects, List<Tree> answered, String apiVersion, String invalid, String place)
      throws FailedException {
    List<Tree> result = new ArrayList<>(objects.size());
    int next = 0;
    for (Tree object : objects) {
      if (object.string("apiVersion").equals(apiVersion)) {
        result.add(object);
        continue;
      }
      boolean alone = place.equals("object");
      String where = alone ? place : place + next;
      Tree converted = answered.get(next++);
      checkKind(object, converted, apiVersion, invalid + (alone ? where + " at index 0: " : where + ": "));
      checkIdentity(object, converted, invalid + where + ": ");
      restoreMetadata(object, converted, alone ? invalid + "metadata: " : invalid + "metadata in object at index " + (next - 1) + ": ");
      result.add(converted);
    }
    return result;
  }

  private static FailedException unfit(String message) {
    return new FailedException("conversion_webhook_invalid_converted_object_failure", message);
  }

  private static void checkKind(Tree object, Tree converted, String apiVersion, String invalid) throws FailedException {
    if (!converted.string("apiVersion").equals(apiVersion)) {
      throw unfit(invalid + "invalid groupVersion (expected " + apiVersion + ", received " + converted.string("apiVersion") + ")");
    }
    if (!converted.string("kind").equals(object.string("kind"))) {
      throw unfit(invalid + "invalid kind (expected " + object.string("kind") + ", received " + converted.string("kind") + ")");
    }
  }

  private static void checkIdentity(Tree object, Tree converted, String invalid) throws FailedException {
    Tree before = object.tree("metadata");
    Tree after = converted.tree("metadata");
    for (String member : List.of("name", "namespace", "uid")) {
      if (!before.string(member).equals(after.string(member))) {
        String shown = member.equals("uid") ? "UID" : member;
        throw unfit(invalid + "must have the same " + shown + ": " + before.string(member) + " != " + after.string(member));
      }
    }
  }

  private static void restoreMetadata(Tree object, Tree converted, String invalid) throws FailedException {
    if (!(converted.get("metadata") instanceof Tree answered)) {
      throw unfit(invalid + (converted.has("metadata") ? "invalid metadata in converted object" : "missing metadata in converted object"));
    }
    Tree metadata = object.tree("metadata").copy();
    for (String member : List.of("labels", "annotations")) {
      Object value = answered.get(member);
      if (value == null) {
        metadata.remove(member);
        continue;
      }
      if (!(value instanceof Tree texts)) {
        throw unfit(invalid + "invalid metadata." + member + " in converted object");
      }
      for (String name : texts.names()) {
        if (!(texts.get(name) instanceof String)) {
          throw unfit(invalid + "metadata." + member + "[" + name + "] must be a string in converted object");
        }
      }
      if (!texts.equals(metadata.get(member))) {
        checkTexts(member, answered, invalid);
      }
      metadata.set(member, texts);
    }
    converted.set("metadata", metadata);
  }

  private static void checkTexts(String member, Tree metadata, String invalid) throws FailedException {
    FieldErrors errors = new FieldErrors();
    if (member.equals("labels")) {
      MetadataRules.labels(metadata, FieldPath.of("metadata", "labels"), errors);
    } else {
      MetadataRules.annotations(metadata, FieldPath.of("metadata", "annotation"), errors);
    }
    if (!errors.isEmpty()) {
      throw unfit(invalid + errors.message());
    }
  }
}
