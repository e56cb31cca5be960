package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Objects in a map with resource versions, which admission may write with compare-and-commit. */
public final class FakeCluster implements Cluster, OwnWrites {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Map<String, Tree> objects = new TreeMap<>();
  private long revision = 1;

  public VirtualClock virtualClock() {
    return clock;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public Verdict authorize(Attributes question) {
    return Verdict.allow("");
  }

  @Override
  public RandomGenerator random() {
    return new SplittableRandom(1);
  }

  private static String key(String group, String plural, Tree metadata) {
    return plural + "." + group + "/" + metadata.string("namespace") + "/" + metadata.string("name");
  }

  /** Puts an object, given in YAML, into a namespace; "" for cluster-scoped ones. */
  public synchronized FakeCluster with(String group, String plural, String namespace, String yaml) {
    Tree object = Yaml.readTree(yaml);
    Tree metadata = object.need("metadata");
    if (!namespace.isEmpty()) {
      metadata.set("namespace", namespace);
    }
    metadata.fill("uid", plural + "-" + metadata.string("name"));
    metadata.set("resourceVersion", Long.toString(++revision));
    objects.put(key(group, plural, metadata), object);
    return this;
  }

  @Override
  public synchronized Optional<Tree> get(String group, String plural, String namespace, String name) {
    return Optional.ofNullable(objects.get(key(group, plural, Tree.of("namespace", namespace, "name", name)))).map(Tree::copy);
  }

  @Override
  public synchronized List<Tree> list(String group, String plural, String namespace) {
    String prefix = plural + "." + group + "/" + (namespace.isEmpty() ? "" : namespace + "/");
    List<Tree> found = new ArrayList<>();
    objects.forEach(
        (key, object) -> {
          if (key.startsWith(prefix)) {
            found.add(object.copy());
          }
        });
    return found;
  }

  @Override
  public Settings settings() {
    return new Settings(List.of("10.96.0.0/12"), 30000, 32767, true, Duration.ofHours(1));
  }

  @Override
  public synchronized void create(String group, String plural, Tree object) {
    if (objects.putIfAbsent(key(group, plural, object.tree("metadata")), object.copy()) != null) {
      throw ApiException.alreadyExists(group, plural, object.tree("metadata").string("name"));
    }
  }

  @Override
  public synchronized void delete(String group, String plural, String namespace, String name) {
    objects.remove(key(group, plural, Tree.of("namespace", namespace, "name", name)));
  }

  @Override
  public synchronized boolean replaceStatus(String group, String plural, Tree object) {
    String key = key(group, plural, object.tree("metadata"));
    Tree current = objects.get(key);
    if (current == null || !current.tree("metadata").string("resourceVersion").equals(object.tree("metadata").string("resourceVersion"))) {
      return false;
    }
    Tree changed = current.copy().set("status", object.tree("status").copy());
    changed.need("metadata").set("resourceVersion", Long.toString(++revision));
    objects.put(key, changed);
    return true;
  }
}
