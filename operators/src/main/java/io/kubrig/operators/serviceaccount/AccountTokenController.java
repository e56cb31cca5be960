package io.kubrig.operators.serviceaccount;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.rootca.RootCa;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Fills the Secrets of type kubernetes.io/service-account-token, and deletes those whose account is gone. Does nothing without {@code
 * --service-account-private-key-file}. Keys are Secrets.
 */
public final class AccountTokenController implements Controller {
  private static final String TYPE = "kubernetes.io/service-account-token";
  private static final String NAME = "kubernetes.io/service-account.name";
  private static final String UID = "kubernetes.io/service-account.uid";
  private static final String INDEX = "service-account";

  private final Api api;
  private final Cached<ServiceAccount> accounts;
  private final Cached<Secret> secrets;
  private final Optional<LegacyToken> signer;
  private final String rootCa;

  /** A controller in a manager. */
  public AccountTokenController(ControllerContext context) {
    this.api = context.api();
    this.accounts = context.caches().of(ServiceAccount.class);
    this.secrets = context.caches().of(Secret.class);
    String file = context.options().string("service-account-private-key-file");
    this.signer = file.isEmpty() ? Optional.empty() : Optional.of(LegacyToken.of(Path.of(file)));
    this.rootCa = RootCa.of(context.options(), api.client());
    secrets.index(INDEX, secret -> account(secret).map(Key::toString).map(List::of).orElse(List.of()));
  }

  private static Optional<Key> account(Secret secret) {
    String name = Objects.annotations(secret).get(NAME);
    return TYPE.equals(secret.getType()) && name != null ? Optional.of(new Key(secret.getMetadata().getNamespace(), name))
        : Optional.empty();
  }

  @Override
  public void watch(Queue queue) {
    if (signer.isEmpty()) {
      return;
    }
    secrets.onChange(secret -> account(secret).ifPresent(account -> queue.add(Key.of(secret))));
    accounts.onChange(account -> secrets.byIndex(INDEX, Key.of(account).toString()).forEach(secret -> queue.add(Key.of(secret))));
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Secret> secret = secrets.get(key);
    Optional<Key> name = secret.flatMap(AccountTokenController::account);
    if (name.isEmpty()) {
      return Outcome.DONE;
    }
    Optional<ServiceAccount> account = accounts.get(name.get())
        .or(() -> api.live(ServiceAccount.class, name.get().namespace(), name.get().name()))
        .filter(found -> isOf(secret.get(), found));
    if (account.isEmpty()) {
      delete(secret.get());
    } else {
      fill(secret.get(), account.get());
    }
    return Outcome.DONE;
  }

  private static boolean isOf(Secret secret, ServiceAccount account) {
    String uid = Objects.annotations(secret).get(UID);
    return uid == null || uid.isEmpty() || uid.equals(account.getMetadata().getUid());
  }

  private void delete(Secret secret) {
    try {
      api.delete(secret, Api.Deletion.ofUid(secret.getMetadata().getUid()));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }

  private void fill(Secret secret, ServiceAccount account) {
    Map<String, String> data = filled(secret, rootCa, () -> signer.orElseThrow().issue(secret.getMetadata().getNamespace(),
        account.getMetadata().getName(), account.getMetadata().getUid(), secret.getMetadata().getName()));
    boolean annotated = account.getMetadata().getUid().equals(Objects.annotations(secret).get(UID));
    if (!annotated || !data.equals(secret.getData())) {
      api.update(new SecretBuilder(Objects.copy(secret)).withData(data).editMetadata()
          .addToAnnotations(NAME, account.getMetadata().getName()).addToAnnotations(UID, account.getMetadata().getUid()).endMetadata()
              .build());
    }
  }

  /** What belongs into a secret: the certificate is put right, a token and a namespace are given where there is none. */
  static Map<String, String> filled(Secret secret, String rootCa, Supplier<String> token) {
    Map<String, String> data = new HashMap<>(Objects.orEmpty(secret.getData()));
    if (!rootCa.isEmpty()) {
      data.put("ca.crt", encoded(rootCa));
    }
    if (data.getOrDefault("namespace", "").isEmpty()) {
      data.put("namespace", encoded(secret.getMetadata().getNamespace()));
    }
    if (data.getOrDefault("token", "").isEmpty()) {
      data.put("token", encoded(token.get()));
    }
    return data;
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
