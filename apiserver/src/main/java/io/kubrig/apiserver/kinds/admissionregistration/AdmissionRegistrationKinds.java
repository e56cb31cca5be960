package io.kubrig.apiserver.kinds.admissionregistration;

import io.kubrig.apiserver.registry.Kind;
import java.util.Map;

/** The kinds of admissionregistration.k8s.io, by {@code group/Kind}. */
public final class AdmissionRegistrationKinds {
  private AdmissionRegistrationKinds() {}

  /** @param expressions compiles what policies and webhooks say in CEL */
  public static Map<String, Kind> all(Expressions expressions) {
    String group = "admissionregistration.k8s.io/";
    return Map.of(
        group + "ValidatingWebhookConfiguration", new WebhookConfigurationKind(false, expressions),
        group + "MutatingWebhookConfiguration", new WebhookConfigurationKind(true, expressions),
        group + "ValidatingAdmissionPolicy", new PolicyKind(false, expressions),
        group + "MutatingAdmissionPolicy", new PolicyKind(true, expressions),
        group + "ValidatingAdmissionPolicyBinding", new PolicyBindingKind(false),
        group + "MutatingAdmissionPolicyBinding", new PolicyBindingKind(true));
  }
}
