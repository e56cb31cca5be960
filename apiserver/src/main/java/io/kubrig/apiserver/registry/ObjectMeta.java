package io.kubrig.apiserver.registry;

import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** What the server itself does to {@code metadata}. (Source: registry/rest/meta.go, apiserver/pkg/storage/names.) */
final class ObjectMeta {
  private static final String ALPHANUMS = "bcdfghjklmnpqrstvwxz2456789";
  private static final int SUFFIX = 5;
  private static final int MAX_BASE = 63 - SUFFIX;

  private ObjectMeta() {}

  /** What is said twice of owners is kept once, with a warning. */
  static void dropRepeatedOwners(Tree object, Operation operation) {
    List<Tree> owners = object.tree("metadata").trees("ownerReferences");
    List<Object> kept = new ArrayList<>();
    List<String> repeated = new ArrayList<>();
    for (Tree owner : owners) {
      if (kept.contains(owner)) {
        repeated.add(owner.string("uid"));
      } else {
        kept.add(owner);
      }
    }
    if (!repeated.isEmpty()) {
      operation.warn(
          ".metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests"
              + " as early as 1.24; please fix your requests; duplicate UID(s) observed: " + String.join(", ", repeated));
      object.need("metadata").set("ownerReferences", kept);
    }
  }

  static void fillSystemFields(Tree object, Operation operation, RandomGenerator random) {
    Tree metadata = object.need("metadata");
    metadata.set("uid", uuid(random));
    metadata.set("creationTimestamp", time(operation.now()));
    metadata.remove("deletionTimestamp");
    metadata.remove("deletionGracePeriodSeconds");
    metadata.remove("selfLink");
  }

  /** Names an object that has only the base of a name. */
  static void generateName(Tree object, RandomGenerator random) {
    Tree metadata = object.need("metadata");
    if (metadata.string("name").isEmpty() && !metadata.string("generateName").isEmpty()) {
      metadata.set("name", generateName(metadata.string("generateName"), random));
    }
  }

  static String generateName(String base, RandomGenerator random) {
    StringBuilder name = new StringBuilder(base.length() > MAX_BASE ? base.substring(0, MAX_BASE) : base);
    for (int i = 0; i < SUFFIX; i++) {
      name.append(ALPHANUMS.charAt(random.nextInt(ALPHANUMS.length())));
    }
    return name.toString();
  }

  static String uuid(RandomGenerator random) {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() & ~(3L << 62)) | (1L << 63);
    return new UUID(high, low).toString();
  }

  /** RFC 3339 with seconds. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static long revision(Tree object) {
    String text = object.tree("metadata").string("resourceVersion");
    return text.isEmpty() ? 0 : Long.parseLong(text);
  }

  static boolean isDeleting(Tree object) {
    return object.tree("metadata").get("deletionTimestamp") != null;
  }

  static List<String> finalizers(Tree object) {
    return object.tree("metadata").strings("finalizers");
  }

  static Optional<Long> gracePeriod(Tree object) {
    Tree metadata = object.tree("metadata");
    return metadata.get("deletionGracePeriodSeconds") == null
        ? Optional.empty()
        : Optional.of(metadata.integer("deletionGracePeriodSeconds"));
  }
}
