package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.HookClients;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a definition may say about converting objects between its versions. */
final class ConversionRules {
  private ConversionRules() {}

  static void check(Tree conversion, FieldPath path, FieldErrors errors) {
    String strategy = conversion.string("strategy");
    DefinitionRules.oneOf(path.child("strategy"), strategy, List.of("None", "Webhook"), errors);
    Tree webhook = conversion.tree("webhook");
    FieldPath config = path.child("webhookClientConfig");
    List<String> reviews = webhook.strings("conversionReviewVersions");
    if (!strategy.equals("Webhook")) {
      if (webhook.get("clientConfig") != null) {
        errors.forbidden(config, "should not be set when strategy is not set to Webhook");
      }
      if (!reviews.isEmpty()) {
        errors.forbidden(path.child("conversionReviewVersions"), "should not be set when strategy is not set to Webhook");
      }
      return;
    }
    if (!(webhook.get("clientConfig") instanceof Tree client)) {
      errors.required(config, "required when strategy is set to Webhook");
    } else if ((client.get("url") == null) == (client.get("service") == null)) {
      errors.required(config, "exactly one of url or service is required");
    } else if (client.get("url") != null) {
      HookClients.url(client.string("url"), config.child("url"), errors);
    } else {
      HookClients.service(client.tree("service"), config.child("service"), errors);
    }
    reviewVersions(reviews, path.child("conversionReviewVersions"), errors);
  }

  private static void reviewVersions(List<String> reviews, FieldPath path, FieldErrors errors) {
    if (reviews.isEmpty()) {
      errors.required(path, "");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < reviews.size(); i++) {
      String review = reviews.get(i);
      if (!seen.add(review)) {
        errors.invalid(path.index(i), review, "duplicate version");
        continue;
      }
      for (String wrong : Names.dns1035Label(review)) {
        errors.invalid(path.index(i), review, wrong);
      }
    }
    if (!seen.contains("v1") && !seen.contains("v1beta1")) {
      errors.invalid(path, new ArrayList<Object>(reviews), "must include at least one of v1, v1beta1");
    }
  }
}
