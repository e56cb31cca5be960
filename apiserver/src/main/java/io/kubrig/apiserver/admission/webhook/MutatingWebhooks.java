package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.admission.AdmissionPlugin;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.admission.Reinvocation;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.webhook.HookCredentials;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.patch.JsonPatch;
import io.kubrig.machinery.patch.PatchException;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has webhooks change objects, one after another. (Source: apiserver/pkg/admission/plugin/webhook/mutating.) */
public final class MutatingWebhooks implements AdmissionPlugin {
  private static final Logger LOG = LoggerFactory.getLogger(MutatingWebhooks.class);
  private static final String TYPE = "admit";
  private static final String MUTATION = "mutation.webhook.admission.k8s.io/";
  private static final String PATCH = "patch.webhook.admission.k8s.io/";

  private final WebhookServices services;
  private final WebhookMetrics metrics;
  private final HookStore store = new HookStore("mutatingwebhookconfigurations");
  private final HookMatcher matcher;
  private final HookCaller caller;
  private final Mutation mutation;

  public MutatingWebhooks(WebhookServices services, HookCredentials credentials) {
    this.services = services;
    metrics = new WebhookMetrics(services.meters());
    matcher = new HookMatcher(services, metrics, TYPE);
    caller = new HookCaller(services, credentials, true);
    mutation = new Mutation(services);
  }

  @Override
  public String name() {
    return "MutatingAdmissionWebhook";
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
  public void mutate(AdmissionRequest request) {
    List<Hook> hooks = store.hooks();
    if (hooks.isEmpty() || HookMatcher.isExempt(request)) {
      return;
    }
    Reinvocation.Members members = request.reinvocation().of(name());
    if (request.reinvocation().isAgain()) {
      members.returnedTo(request.object());
    }
    for (int i = 0; i < hooks.size(); i++) {
      Optional<Invocation> invocation = matcher.match(request, hooks.get(i));
      if (invocation.isPresent() && (!request.reinvocation().isAgain() || members.isDue(hooks.get(i).uid()))) {
        ask(request, invocation.get(), i, members);
      }
    }
    members.left(request.object());
  }

  private void ask(AdmissionRequest request, Invocation invocation, int index, Reinvocation.Members members) {
    Hook hook = invocation.hook();
    String at = "round_" + (request.reinvocation().isAgain() ? 1 : 0) + "_index_" + index;
    WebhookMetrics.Call call = new WebhookMetrics.Call(hook.name(), TYPE, request.operation().verb().name());
    long begun = services.clock().nanos();
    boolean changed = false;
    try {
      changed = change(request, invocation, at, call, begun);
    } catch (HookFailure e) {
      metrics.called(call, services.clock().nanos() - begun, !hook.failsOpen(), e.code());
      if (!hook.failsOpen()) {
        metrics.rejected(call, "calling_webhook_error", e.code());
        LOG.warn("Failed calling webhook, failing closed {}: {}", hook.name(), e.getMessage());
        throw ApiException.internal(e.getMessage());
      }
      LOG.warn("Failed calling webhook, failing open {}: {}", hook.name(), e.getMessage());
      metrics.failedOpen(call);
      request.operation().audit().annotate("failed-open." + MUTATION + at, hook.name());
    } finally {
      Tree note = Tree.of("configuration", hook.configuration(), "webhook", hook.name(), "mutated", changed);
      request.operation().audit().annotate(MUTATION + at, Json.text(note));
    }
    if (changed) {
      members.changed();
      request.reinvocation().want();
    }
    if (hook.reinvokes()) {
      members.called(hook.uid());
    }
  }

  /** Asks the webhook and does what it says. Counts all but failures to ask. */
  private boolean change(AdmissionRequest request, Invocation invocation, String at, WebhookMetrics.Call call, long begun)
      throws HookFailure {
    boolean denied = false;
    int code = 0;
    boolean done = false;
    try {
      HookVerdict verdict = caller.call(request, invocation);
      if (!verdict.allowed()) {
        ApiException refusal = verdict.refusal(invocation.hook());
        denied = true;
        code = refusal.code();
        throw refusal;
      }
      boolean changed = patch(request, invocation, verdict, at);
      done = true;
      metrics.called(call, services.clock().nanos() - begun, false, 200);
      return changed;
    } catch (ApiException refused) {
      metrics.rejected(call, denied ? "no_error" : "apiserver_internal_error", code);
      metrics.called(call, services.clock().nanos() - begun, !done, code);
      throw refused;
    }
  }

  private boolean patch(AdmissionRequest request, Invocation invocation, HookVerdict verdict, String at) throws HookFailure {
    if (verdict.patch().length == 0) {
      return false;
    }
    Hook hook = invocation.hook();
    JsonPatch patch;
    List<?> operations;
    try {
      patch = JsonPatch.read(verdict.patch());
      operations = (List<?>) Json.read(verdict.patch(), Limits.REQUEST);
    } catch (PatchException e) {
      throw new HookFailure(hook, "received undecodable patch in webhook response: " + e.getMessage(), 503);
    }
    if (operations.isEmpty()) {
      return false;
    }
    if (request.object() == null) {
      throw ApiException.internal(
          "admission webhook \"" + hook.name() + "\" attempted to modify the object, which is not supported for this operation");
    }
    if (!verdict.patchType().equals("JSONPatch")) {
      throw new HookFailure(hook, "unsupported patch type \"" + verdict.patchType() + "\"", 400);
    }
    boolean changed = mutation.apply(request, invocation, patch);
    Tree note =
        Tree.of("configuration", hook.configuration(), "webhook", hook.name(), "patch", operations, "patchType", "JSONPatch");
    request.operation().audit().annotateRequest(PATCH + at, Json.text(note));
    return changed;
  }
}
