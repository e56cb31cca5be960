package io.kubrig.operators.bootstraptoken;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Signs the ConfigMap kube-public/cluster-info with every token that may sign. There is one key. */
public final class BootstrapSigner implements Controller {
  private static final Key INFO = new Key("kube-public", "cluster-info");
  private static final String CONTENT = "kubeconfig";
  private static final String SIGNATURE = "jws-kubeconfig-";

  private final Api api;
  private final Clock clock;
  private final Cached<ConfigMap> maps;
  private final Cached<Secret> secrets;

  /** A controller in a manager. */
  public BootstrapSigner(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.maps = context.caches().of(ConfigMap.class);
    this.secrets = context.caches().of(Secret.class);
  }

  @Override
  public void watch(Queue queue) {
    maps.onChange(map -> {
      if (Key.of(map).equals(INFO)) {
        queue.add(INFO);
      }
    });
    secrets.onChange(secret -> {
      if (BootstrapToken.is(secret)) {
        queue.add(INFO);
      }
    });
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<ConfigMap> info = maps.get(INFO);
    if (info.isPresent()) {
      List<BootstrapToken> tokens = secrets.inNamespace(BootstrapToken.NAMESPACE).stream().map(BootstrapToken::of).flatMap(Optional::stream)
          .toList();
      Map<String, String> signed = signed(Objects.orEmpty(info.get().getData()), tokens, clock.now());
      if (!signed.equals(Objects.orEmpty(info.get().getData()))) {
        api.update(new ConfigMapBuilder(Objects.copy(info.get())).withData(signed).build());
      }
    }
    return Outcome.DONE;
  }

  /** The data with the signatures of the tokens and no others. */
  static Map<String, String> signed(Map<String, String> data, List<BootstrapToken> tokens, Instant now) {
    String content = data.get(CONTENT);
    Map<String, String> signed = new TreeMap<>(data);
    if (content == null) {
      return signed;
    }
    signed.keySet().removeIf(name -> name.startsWith(SIGNATURE));
    tokens.stream().filter(token -> token.signs() && !token.isExpired(now))
        .forEach(token -> signed.put(SIGNATURE + token.id(), DetachedJws.sign(content, token.id(), token.secret())));
    return signed;
  }
}
