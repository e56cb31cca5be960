package io.kubrig.operators.serviceaccount;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;

/** Sees that every namespace that is not going away has a service account named default. Keys are namespaces. */
public final class DefaultAccountController implements Controller {
  private static final String NAME = "default";

  private final Api api;
  private final Cached<Namespace> namespaces;
  private final Cached<ServiceAccount> accounts;

  /** A controller in a manager. */
  public DefaultAccountController(ControllerContext context) {
    this.api = context.api();
    this.namespaces = context.caches().of(Namespace.class);
    this.accounts = context.caches().of(ServiceAccount.class);
  }

  @Override
  public void watch(Queue queue) {
    namespaces.watch(namespace -> queue.add(Key.of(namespace)), (before, after) -> queue.add(Key.of(after)), gone -> {});
    accounts.watch(added -> {}, (before, after) -> {}, gone -> queue.add(Key.of(gone.getMetadata().getNamespace())));
  }

  @Override
  public Outcome reconcile(Key key) {
    boolean wanted = namespaces.get(key).filter(n -> n.getStatus() != null && "Active".equals(n.getStatus().getPhase())).isPresent();
    if (wanted && accounts.get(key.name(), NAME).isEmpty()) {
      create(key.name());
    }
    return Outcome.DONE;
  }

  private void create(String namespace) {
    try {
      api.create(new ServiceAccountBuilder().withNewMetadata().withName(NAME).withNamespace(namespace).endMetadata().build());
    } catch (RuntimeException e) {
      if (!ApiErrors.isAlreadyExists(e) && !ApiErrors.isTerminating(e)) {
        throw e;
      }
    }
  }
}
