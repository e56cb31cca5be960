package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Operation.FieldValidation;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.Writer;
import io.kubrig.apiserver.rest.Registry;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes when tokens that live in Secrets were last used, so that those that nobody uses can be found and removed: the day on the Secret,
 * and in a ConfigMap since when days are noted. (Source: KEP-2799, pkg/controlplane/controller/legacytokentracking.)
 */
final class LegacyTokenTracking {
  private static final Logger LOG = LoggerFactory.getLogger(LegacyTokenTracking.class);
  private static final String NAMESPACE = "kube-system";
  private static final String CONFIG_MAP = "kube-apiserver-legacy-service-account-token-tracking";
  private static final String SINCE = "since";
  private static final String LAST_USED = "kubernetes.io/legacy-token-last-used";
  private static final UserInfo SELF = UserInfo.of("system:apiserver", "system:masters", "system:authenticated");

  private final Supplier<Registry> registry;
  private final Clock clock;

  /** @param registry asked late: authentication, which sees tokens, comes before it */
  LegacyTokenTracking(Supplier<Registry> registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /** Says since when uses are noted, unless that is known. */
  void begin(Bootstrap bootstrap) {
    Resource configMaps = resource("configmaps");
    Optional<Tree> known = registry.get().store().get(configMaps, NAMESPACE, CONFIG_MAP);
    if (known.isEmpty() || !isDate(known.get().tree("data").string(SINCE))) {
      Tree metadata = Tree.of("name", CONFIG_MAP, "namespace", NAMESPACE);
      bootstrap.apply("", "configmaps", Tree.of("metadata", metadata, "data", Tree.of(SINCE, today().toString())));
    }
  }

  /** A token of this Secret was shown. Its request goes on even if that cannot be noted. */
  void used(Tree secret) {
    Tree metadata = secret.tree("metadata");
    LocalDate today = today();
    String noted = metadata.tree("labels").string(LAST_USED);
    if (noted.equals(today.toString()) || noted.equals(today.plusDays(1).toString())) {
      return;
    }
    try {
      note(metadata, today);
    } catch (ApiException e) {
      LOG.warn("The use of the token in secret {}/{} was not noted: {}", metadata.string("namespace"), metadata.string("name"),
          e.getMessage());
    }
  }

  private void note(Tree metadata, LocalDate day) {
    Resource secrets = resource("secrets");
    Operation.Options options = new Operation.Options(false, "kube-apiserver", false, FieldValidation.IGNORE);
    Operation operation =
        new Operation(Verb.UPDATE, secrets, secrets.versions().getFirst(), "", metadata.string("namespace"), metadata.string("name"), SELF,
            options, clock.now());
    Writer.Change change =
        current -> {
          if (!current.tree("metadata").string("uid").equals(metadata.string("uid"))) {
            throw ApiException.notFound("", "secrets", metadata.string("name"));
          }
          current.need("metadata").need("labels").set(LAST_USED, day.toString());
          return current;
        };
    Tree noOptions = Tree.of("kind", "UpdateOptions", "apiVersion", "meta.k8s.io/v1");
    registry.get().writer().update(operation, new Writer.Update(Lens.OBJECT, change, false, false, true, false, noOptions));
  }

  private Resource resource(String plural) {
    return registry.get().catalog().resource("", plural).orElseThrow();
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.now(), ZoneOffset.UTC);
  }

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
