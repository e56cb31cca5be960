/**
 * How the server reaches what clusters add to it: webhooks of admission and conversion, and aggregated API servers.
 *
 * <p>{@link io.kubrig.apiserver.webhook.ClientConfig} says where one is, a {@link io.kubrig.apiserver.webhook.ServiceResolver} turns
 * services into addresses, {@link io.kubrig.apiserver.webhook.HookClient} posts a review and reads the answer. What goes wrong is told
 * in native's words. (Source: apiserver/pkg/util/webhook, apiserver/pkg/util/proxy.)
 */
package io.kubrig.apiserver.webhook;
