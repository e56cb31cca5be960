package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.admission.AdmissionPlugin;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.webhook.HookCredentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has webhooks judge objects, all at once; every one is heard before the request is refused. (Source:
 * apiserver/pkg/admission/plugin/webhook/validating.)
 */
public final class ValidatingWebhooks implements AdmissionPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(ValidatingWebhooks.class);
  private static final String TYPE = "validating";
  private static final String FAILED_OPEN = "failed-open.validating.webhook.admission.k8s.io/round_0_index_";

  private final WebhookServices services;
  private final WebhookMetrics metrics;
  private final HookStore store = new HookStore("validatingwebhookconfigurations");
  private final HookMatcher matcher;
  private final HookCaller caller;

  public ValidatingWebhooks(WebhookServices services, HookCredentials credentials) {
    this.services = services;
    metrics = new WebhookMetrics(services.meters());
    matcher = new HookMatcher(services, metrics, TYPE);
    caller = new HookCaller(services, credentials, false);
  }

  @Override
  public String name() {
    return "ValidatingAdmissionWebhook";
  }

  @Override
  public boolean handles(Operation.Verb verb) {
    return true;
  }

  @Override
  public void start(ObjectReader objects) {
    store.start(objects);
  }

  @Override
  public void validate(AdmissionRequest request) {
    List<Hook> hooks = store.hooks();
    if (hooks.isEmpty() || HookMatcher.isExempt(request)) {
      return;
    }
    List<Invocation> invocations = new ArrayList<>();
    for (Hook hook : hooks) {
      matcher.match(request, hook).ifPresent(invocations::add);
    }
    if (invocations.size() == 1) {
      throwIfPresent(ask(request, invocations.getFirst(), 0));
    } else if (!invocations.isEmpty()) {
      askAll(request, invocations);
    }
  }

  private static void throwIfPresent(Optional<ApiException> refusal) {
    if (refusal.isPresent()) {
      throw refusal.get();
    }
  }

  private void askAll(AdmissionRequest request, List<Invocation> invocations) {
    List<FutureTask<Optional<ApiException>>> asked = new ArrayList<>();
    for (int i = 0; i < invocations.size(); i++) {
      int index = i;
      FutureTask<Optional<ApiException>> task = new FutureTask<>(() -> ask(request, invocations.get(index), index));
      asked.add(task);
      Thread.ofVirtual().name("webhook " + invocations.get(i).hook().name()).start(task);
    }
    List<Optional<ApiException>> answers = new ArrayList<>();
    for (FutureTask<Optional<ApiException>> task : asked) {
      try {
        answers.add(task.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw ApiException.serviceUnavailable("the server is shutting down");
      } catch (ExecutionException e) {
        throw new IllegalStateException("a webhook could not be asked", Objects.requireNonNullElse(e.getCause(), e));
      }
    }
    answers.forEach(ValidatingWebhooks::throwIfPresent);
  }

  /** What speaks against the request. */
  private Optional<ApiException> ask(AdmissionRequest request, Invocation invocation, int index) {
    Hook hook = invocation.hook();
    WebhookMetrics.Call call = new WebhookMetrics.Call(hook.name(), TYPE, request.operation().verb().name());
    long begun = services.clock().nanos();
    try {
      HookVerdict verdict = caller.call(request, invocation);
      Optional<ApiException> refusal = verdict.allowed() ? Optional.empty() : Optional.of(verdict.refusal(hook));
      refusal.ifPresent(denied -> metrics.rejected(call, "no_error", denied.code()));
      metrics.called(call, services.clock().nanos() - begun, refusal.isPresent(), refusal.map(ApiException::code).orElse(200));
      return refusal;
    } catch (HookFailure e) {
      return failed(request, hook, call, e, services.clock().nanos() - begun, index);
    } catch (ApiException notAsked) {
      metrics.rejected(call, "apiserver_internal_error", 0);
      metrics.called(call, services.clock().nanos() - begun, true, 0);
      return Optional.of(notAsked);
    }
  }

  private Optional<ApiException> failed(
      AdmissionRequest request, Hook hook, WebhookMetrics.Call call, HookFailure failure, long nanos, int index) {
    metrics.called(call, nanos, !hook.failsOpen(), failure.code());
    if (hook.failsOpen()) {
      LOG.warn("Failed calling webhook, failing open {}: {}", hook.name(), failure.getMessage());
      metrics.failedOpen(call);
      request.operation().audit().annotate(FAILED_OPEN + index, hook.name());
      return Optional.empty();
    }
    LOG.warn("Failed calling webhook, failing closed {}: {}", hook.name(), failure.getMessage());
    metrics.rejected(call, "calling_webhook_error", failure.code());
    return Optional.of(ApiException.internal(failure.getMessage()));
  }
}
