package io.kubrig.bench.scheduler;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Which of the pods that were made have been scheduled, as the cluster tells it. Thread-safe. */
final class Progress {
  /** The pods of one step. */
  static final class Group {
    private final Map<String, String> labels;
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger gone = new AtomicInteger();
    private final AtomicInteger bound = new AtomicInteger();
    private final AtomicInteger attempted = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> freshlyBound = new ConcurrentLinkedQueue<>();
    private volatile long lastBound;

    private Group(Map<String, String> labels) {
      this.labels = labels;
    }

    int bound() {
      return bound.get();
    }

    /** When its last pod so far was bound, as {@link System#nanoTime}. */
    long lastBound() {
      return lastBound;
    }

    /** The next pod of those that were bound; null when there is none yet. */
    String pollBound() {
      return freshlyBound.poll();
    }

    private int unbound() {
      return made.get() - bound.get() - gone.get();
    }

    private int untried() {
      return made.get() - attempted.get();
    }
  }

  private static final class State {
    private final Group group;
    private boolean bound;
    private boolean attempted;

    private State(Group group) {
      this.group = group;
    }
  }

  private final Map<String, State> pods = new ConcurrentHashMap<>();
  private final List<Group> groups = new CopyOnWriteArrayList<>();

  static String key(String namespace, String name) {
    return namespace + "/" + name;
  }

  Group group(Map<String, String> labels) {
    Group g = new Group(Map.copyOf(labels));
    groups.add(g);
    return g;
  }

  /** Before the pod is created. */
  void expect(String key, Group group) {
    group.made.incrementAndGet();
    pods.put(key, new State(group));
  }

  void bound(String key) {
    State s = pods.get(key);
    if (s == null) {
      return;
    }
    synchronized (s) {
      if (s.bound) {
        return;
      }
      s.bound = true;
      s.group.lastBound = System.nanoTime();
      s.group.freshlyBound.add(key);
      s.group.bound.incrementAndGet();
    }
    attempted(key);
  }

  /** The scheduler has said something about the pod, or it is gated. */
  void attempted(String key) {
    State s = pods.get(key);
    if (s == null) {
      return;
    }
    synchronized (s) {
      if (!s.attempted) {
        s.attempted = true;
        s.group.attempted.incrementAndGet();
      }
    }
  }

  void gone(String key) {
    State s = pods.remove(key);
    if (s == null) {
      return;
    }
    synchronized (s) {
      if (!s.bound) {
        s.group.gone.incrementAndGet();
      }
      if (!s.attempted) {
        s.attempted = true;
        s.group.attempted.incrementAndGet();
      }
    }
  }

  /** Whether a pod is there and of a group with the labels. */
  boolean is(String key, Map<String, String> labels) {
    State s = pods.get(key);
    return s != null && s.group.labels.entrySet().containsAll(labels.entrySet());
  }

  private List<Group> with(Map<String, String> labels) {
    return groups.stream().filter(g -> g.labels.entrySet().containsAll(labels.entrySet())).toList();
  }

  /** How many pods of groups with the labels have been bound. */
  int bound(Map<String, String> labels) {
    return with(labels).stream().mapToInt(Group::bound).sum();
  }

  void awaitBound(Group group, long patienceMillis) throws InterruptedException {
    await(List.of(group), g -> g.unbound() <= 0, patienceMillis);
  }

  void awaitBound(Map<String, String> labels, long patienceMillis) throws InterruptedException {
    await(with(labels), g -> g.unbound() <= 0, patienceMillis);
  }

  /** How many pods of groups with the labels have not been tried. */
  int untried(Map<String, String> labels) {
    return with(labels).stream().mapToInt(Group::untried).sum();
  }

  private static void await(List<Group> groups, Predicate<Group> ready, long patienceMillis) throws InterruptedException {
    long deadline = System.currentTimeMillis() + patienceMillis;
    while (!groups.stream().allMatch(ready)) {
      if (System.currentTimeMillis() > deadline) {
        throw new IllegalStateException(groups.stream().mapToInt(Group::unbound).sum() + " pods are not scheduled, "
            + groups.stream().mapToInt(Group::untried).sum() + " not tried after " + patienceMillis + " ms");
      }
      Thread.sleep(5);
    }
  }
}
