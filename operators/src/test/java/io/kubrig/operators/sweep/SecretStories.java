package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.bootstraptoken.BootstrapSigner;
import io.kubrig.operators.bootstraptoken.TokenCleaner;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.serviceaccount.LegacyTokenCleaner;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The stories of tokens that are kept in Secrets. */
final class SecretStories {
  private SecretStories() {}

  private static <T> Optional<T> any(List<T> some, RandomGenerator random) {
    return some.isEmpty() ? Optional.empty() : Optional.of(some.get(random.nextInt(some.size())));
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Tokens of new nodes that come, expire and go, and what they sign. */
  static final class SigningStory implements Story {
    private static final Key INFO = new Key("kube-public", "cluster-info");
    private static final String SIGNATURE = "jws-kubeconfig-";
    private int made = 100_000;
    private boolean users; // whether it is a user who acts

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(BootstrapSigner::new, TokenCleaner::new);
    }

    @Override
    public void begin(MemoryServer server) {
      info(server);
    }

    private static void info(MemoryServer server) {
      if (server.find(ConfigMap.class, INFO).isEmpty()) {
        server.create(Objects.parse("{\"metadata\": {\"name\": \"cluster-info\", \"namespace\": \"kube-public\"},"
            + " \"data\": {\"kubeconfig\": \"the cluster\"}}", ConfigMap.class));
      }
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      throw new UnsupportedOperationException("needs to know the time");
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random, Instant now) {
      users = true;
      switch (random.nextInt(7)) {
        case 0, 1, 2 -> token(server, random.nextInt(4) > 0, now.plusSeconds(random.nextInt(2000)));
        case 3 -> any(Stories.all(server, Secret.class), random).ifPresent(secret -> server.delete(secret, Map.of(), false));
        case 4 -> server.find(ConfigMap.class, INFO).ifPresent(info -> server.update(MemoryServer.edit(info, tree ->
            tree.withObjectProperty("data").put("kubeconfig", "the cluster, " + made++)), false));
        case 5 -> server.find(ConfigMap.class, INFO).ifPresent(info -> server.update(MemoryServer.edit(info, tree ->
            tree.withObjectProperty("data").put(SIGNATURE + "forged", "x..y")), false));
        default -> {
          server.find(ConfigMap.class, INFO).ifPresent(info -> server.delete(info, Map.of(), false));
          info(server);
        }
      }
      users = false;
    }

    private void token(MemoryServer server, boolean signs, Instant expires) {
      int number = made++;
      server.create(Objects.parse("""
          {"metadata": {"name": "bootstrap-token-%d", "namespace": "kube-system"}, "type": "bootstrap.kubernetes.io/token",
           "data": {"token-id": "%s", "token-secret": "%s", "usage-bootstrap-signing": "%s", "expiration": "%s"}}
          """.formatted(number, encoded("" + number), encoded("secret-" + number), encoded("" + signs), encoded(Objects.time(expires))),
          Secret.class));
    }

    private static String value(Secret secret, String key) {
      return new String(Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (!users && change.before() instanceof ConfigMap before && Key.of(before).equals(INFO)) {
        assertThat(((ConfigMap) change.after()).getData()).as("what is signed")
            .containsEntry("kubeconfig", before.getData().get("kubeconfig"));
      }
    }

    @Override
    public void settled(MemoryServer server) {
      ConfigMap info = server.find(ConfigMap.class, INFO).orElseThrow();
      List<Secret> signers = Stories.all(server, Secret.class).stream().filter(secret -> value(secret, "usage-bootstrap-signing")
          .equals("true")).toList();
      Set<String> expected = new TreeSet<>(Set.of("kubeconfig"));
      signers.forEach(secret -> expected.add(SIGNATURE + value(secret, "token-id")));
      assertThat(info.getData().keySet()).isEqualTo(expected);
      signers.forEach(secret -> assertThat(isSignature(info.getData().get(SIGNATURE + value(secret, "token-id")),
          info.getData().get("kubeconfig"), value(secret, "token-secret"))).as("the signature of %s", Key.of(secret)).isTrue());
    }

    /** Whether a text is a detached signature by HS256 (RFC 7515) of a content. */
    private static boolean isSignature(String text, String content, String secret) {
      Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
      String[] parts = text.split("\\.");
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signed = parts[0] + "." + base64.encodeToString(content.getBytes(StandardCharsets.UTF_8));
        return parts[2].equals(base64.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Tokens that were made for accounts by themselves, among others; some are used, some named by pods. Half days pass at once.
   *
   * <p>A pod that the manager cannot have seen does not protect its token.
   */
  static final class LegacyStory implements Story {
    private static final Duration PERIOD = Duration.ofHours(36);
    private static final Duration PACE = Duration.ofHours(12);
    private static final String USED = "kubernetes.io/legacy-token-last-used";
    private static final String INVALID = "kubernetes.io/legacy-token-invalid-since";
    private ToLongFunction<Class<? extends HasMetadata>> seen = kind -> 0;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private boolean users; // whether it is a user who acts
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(LegacyTokenCleaner::new);
    }

    @Override
    public ControllerManagerOptions options() {
      return ControllerManagerOptions.parse("--legacy-service-account-token-clean-up-period=" + PERIOD.toHours() + "h");
    }

    @Override
    public Duration pace() {
      return PACE;
    }

    @Override
    public void sight(ToLongFunction<Class<? extends HasMetadata>> known) {
      seen = known;
    }

    @Override
    public void tick(MemoryServer server, Instant time) {
      now = time;
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(Objects.parse("{\"metadata\": {\"name\": \"kube-apiserver-legacy-service-account-token-tracking\","
          + " \"namespace\": \"kube-system\"}, \"data\": {\"since\": \"2025-12-31\"}}", ConfigMap.class));
      token(server, true);
      token(server, false);
    }

    /** @param listed whether the account lists it, as it does with what was made for it */
    private void token(MemoryServer server, boolean listed) {
      int number = made++;
      server.create(Objects.parse("{\"metadata\": {\"name\": \"account-" + number + "\", \"namespace\": \"ns\"}, \"secrets\": ["
          + (listed ? "{\"name\": \"token-" + number + "\"}" : "") + "]}", ServiceAccount.class));
      server.create(Objects.parse("""
          {"metadata": {"name": "token-%d", "namespace": "ns", "annotations": {"kubernetes.io/service-account.name": "account-%d"}},
           "type": "kubernetes.io/service-account-token"}
          """.formatted(number, number), Secret.class));
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      users = true;
      Optional<Secret> valid = any(Stories.all(server, Secret.class).stream()
          .filter(secret -> !Objects.labels(secret).containsKey(INVALID)).toList(), random);
      switch (random.nextInt(6)) {
        case 0, 1 -> token(server, random.nextInt(4) > 0);
        case 2, 3 -> valid.ifPresent(secret -> server.update(MemoryServer.edit(secret, tree -> tree.withObjectProperty("metadata")
            .withObjectProperty("labels").put(USED, LocalDate.ofInstant(now, ZoneOffset.UTC).toString())), false));
        case 4 -> valid.ifPresent(secret -> server.create(Objects.parse("""
            {"metadata": {"name": "pod-%d", "namespace": "ns"}, "spec": {"volumes": [{"name": "v", "projected": {"sources": [
             {"secret": {"name": "%s"}}]}}]}}
            """.formatted(made++, secret.getMetadata().getName()), Pod.class)));
        default -> any(Stories.all(server, Pod.class), random).ifPresent(pod -> server.delete(pod, Map.of(), true));
      }
      users = false;
    }

    private static Set<String> named(MemoryServer server, long upTo) {
      return Stories.all(server, Pod.class).stream().filter(pod -> Long.parseLong(pod.getMetadata().getResourceVersion()) <= upTo)
          .map(pod -> pod.getSpec().getVolumes().getFirst().getProjected().getSources().getFirst().getSecret().getName())
          .collect(Collectors.toSet());
    }

    private static boolean isListed(MemoryServer server, Secret secret) {
      Key account = new Key("ns", Objects.annotations(secret).get("kubernetes.io/service-account.name"));
      return !server.find(ServiceAccount.class, account).orElseThrow().getSecrets().isEmpty();
    }

    /** The end of the last day of which it is known that the token was wanted. */
    private static Instant wanted(Secret secret) {
      String used = Objects.labels(secret).get(USED);
      Instant created = Instant.parse(secret.getMetadata().getCreationTimestamp());
      return used == null || end(used).isBefore(created) ? created : end(used);
    }

    private static Instant end(String day) {
      return LocalDate.parse(day).plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (users || !(change.before() instanceof Secret before)) {
        return;
      }
      Instant time = now.plus(PACE); // the story hears of time only when it has passed
      assertThat(isListed(server, before)).as("whether %s was made for its account", Key.of(before)).isTrue();
      assertThat(named(server, seen.applyAsLong(Pod.class))).as("secrets that pods name").doesNotContain(before.getMetadata().getName());
      assertThat(wanted(before).plus(PERIOD).minus(Duration.ofDays(1))).as("the last use of %s", Key.of(before)).isBefore(time);
      String invalid = Objects.labels(before).get(INVALID);
      assertThat(invalid != null).as("whether %s was invalid before it goes", Key.of(before)).isEqualTo(change.after() == null);
      if (invalid != null) {
        assertThat(end(invalid).plus(PERIOD).minus(Duration.ofDays(1))).as("the end of %s", Key.of(before)).isBefore(time);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      Duration late = PERIOD.plusDays(2);
      Set<String> named = named(server, Long.MAX_VALUE);
      assertThat(Stories.all(server, Secret.class)).allSatisfy(secret -> {
        if (isListed(server, secret) && !named.contains(secret.getMetadata().getName())) {
          String invalid = Objects.labels(secret).get(INVALID);
          assertThat(invalid == null && wanted(secret).plus(late).isBefore(now)).as("%s is still valid", Key.of(secret)).isFalse();
          assertThat(invalid != null && end(invalid).plus(late).isBefore(now)).as("%s is still there", Key.of(secret)).isFalse();
        }
      });
    }
  }
}
