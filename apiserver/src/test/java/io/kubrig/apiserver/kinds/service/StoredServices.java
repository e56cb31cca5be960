package io.kubrig.apiserver.kinds.service;

import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.apiserver.kinds.Records;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/** A cluster in memory for tests of allocation. */
final class StoredServices implements LiveCluster {
  private final Map<String, Tree> objects = new ConcurrentHashMap<>();
  private final Clock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final RandomGenerator random = new Random(7);
  private final Settings settings;
  private final Records records = new MemoryRecords();

  StoredServices(List<String> ranges, int firstPort, int lastPort) {
    settings = new Settings(ranges, firstPort, lastPort, true, Duration.ofHours(1));
  }

  void store(Tree service) {
    objects.put(key("", "services", "default", service.tree("metadata").string("name")), service.copy());
  }

  private static String key(String group, String plural, String namespace, String name) {
    return group + "/" + plural + "/" + namespace + "/" + name;
  }

  @Override
  public boolean create(String group, String plural, Tree object) {
    return objects.putIfAbsent(key(group, plural, "", object.tree("metadata").string("name")), object.copy()) == null;
  }

  @Override
  public void remove(String group, String plural, String namespace, String name) {
    objects.remove(key(group, plural, namespace, name));
  }

  @Override
  public Records records() {
    return records;
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
    return random;
  }

  @Override
  public Optional<Tree> get(String group, String plural, String namespace, String name) {
    return Optional.ofNullable(objects.get(key(group, plural, namespace, name))).map(Tree::copy);
  }

  @Override
  public List<Tree> list(String group, String plural, String namespace) {
    List<Tree> found = new ArrayList<>();
    objects.forEach((key, object) -> {
      if (key.startsWith(group + "/" + plural + "/" + namespace)) {
        found.add(object.copy());
      }
    });
    return found;
  }

  @Override
  public Settings settings() {
    return settings;
  }

  /** Records of one server. */
  private static final class MemoryRecords implements Records {
    private final Map<String, Tree> records = new ConcurrentHashMap<>();

    @Override
    public Optional<Tree> get(String key) {
      return Optional.ofNullable(records.get(key));
    }

    @Override
    public List<Tree> list(String prefix) {
      return records.entrySet().stream().filter(entry -> entry.getKey().startsWith(prefix)).map(Map.Entry::getValue).toList();
    }

    @Override
    public void revise(String key, UnaryOperator<Tree> change, Duration life) {
      records.compute(key, (same, before) -> change.apply(before == null ? new Tree() : before));
    }

    @Override
    public boolean remove(String key) {
      return records.remove(key) != null;
    }
  }
}
