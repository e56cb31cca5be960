/**
 * Admission by webhooks: MutatingAdmissionWebhook and ValidatingAdmissionWebhook. (Source: apiserver/pkg/admission/plugin/webhook.)
 *
 * <p>{@link io.kubrig.apiserver.admission.webhook.MutatingWebhooks} and
 * {@link io.kubrig.apiserver.admission.webhook.ValidatingWebhooks} are the plugins. A {@code HookStore} follows the configurations,
 * {@code HookMatcher} says which hooks a request concerns and in which version, {@code HookCaller} writes the review, posts it and
 * reads the verdict.
 */
package io.kubrig.apiserver.admission.webhook;
