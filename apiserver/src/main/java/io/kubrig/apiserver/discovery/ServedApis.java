package io.kubrig.apiserver.discovery;

import io.kubrig.machinery.schema.ApiGroup;
import io.kubrig.machinery.schema.ApiVersion;
import io.kubrig.schemas.ResourceTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The groups and versions that are served. They change while the server runs: custom resource definitions and API services come and go.
 * Safe for concurrent use; a snapshot is immutable.
 */
public final class ServedApis {
  private final Map<String, ServedVersion> versions = new TreeMap<>();
  private final List<Consumer<Snapshot>> listeners = new CopyOnWriteArrayList<>();
  private volatile Snapshot snapshot;

  /**
   * What is served at one moment.
   *
   * @param groups in the order of discovery, the core group among them
   */
  public record Snapshot(List<ServedGroup> groups) {
    public Snapshot {
      groups = List.copyOf(groups);
    }

    public Optional<ServedGroup> group(String name) {
      return groups.stream().filter(group -> group.name().equals(name)).findFirst();
    }

    /** The groups that have a name. */
    public List<ServedGroup> named() {
      return groups.stream().filter(group -> !group.name().isEmpty()).toList();
    }
  }

  /** Serves built-in groups, with the versions in them that are switched on. */
  public ServedApis(Collection<ApiGroup> builtIn, ResourceTable table) {
    for (ApiGroup group : builtIn) {
      for (ApiVersion version : group.versions()) {
        ResourceTable.Priority priority = table.priority(version);
        ServedVersion served = new ServedVersion(version, priority.group(), priority.version(), ServedVersion.Origin.BUILT_IN, false);
        versions.put(version.groupVersion(), served);
      }
    }
    snapshot = compute(versions.values());
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  /** Calls a listener after every change, with the state at some moment after it. */
  public void onChange(Consumer<Snapshot> listener) {
    listeners.add(listener);
  }

  /** Serves a version, in place of what was served under its group and version. */
  public void put(ServedVersion version) {
    synchronized (versions) {
      if (version.equals(versions.put(version.api().groupVersion(), version))) {
        return;
      }
      snapshot = compute(versions.values());
    }
    changed();
  }

  /** Serves a version no longer. */
  public void remove(String group, String version) {
    synchronized (versions) {
      if (versions.remove(group.isEmpty() ? version : group + "/" + version) == null) {
        return;
      }
      snapshot = compute(versions.values());
    }
    changed();
  }

  /** Has documents about what is served written anew: something about it has changed that is not kept here. */
  public void refresh() {
    synchronized (versions) {
      snapshot = compute(versions.values());
    }
    changed();
  }

  private void changed() {
    Snapshot now = snapshot;
    listeners.forEach(listener -> listener.accept(now));
  }

  private static Snapshot compute(Collection<ServedVersion> versions) {
    Map<String, List<ServedVersion>> groups = new LinkedHashMap<>();
    versions.forEach(version -> groups.computeIfAbsent(version.group(), _ -> new ArrayList<>()).add(version));
    List<ServedGroup> served = new ArrayList<>();
    groups.forEach(
        (name, all) -> {
          all.sort(Comparator.comparingInt(ServedVersion::versionPriority).reversed()
              .thenComparing(ServedVersion::version, VersionOrder.NEWEST));
          served.add(new ServedGroup(name, all));
        });
    served.sort(Comparator.comparingInt(ServedApis::priority).reversed().thenComparing(ServedGroup::name));
    return new Snapshot(served);
  }

  private static int priority(ServedGroup group) {
    return group.versions().stream().mapToInt(ServedVersion::groupPriority).max().orElse(0);
  }
}
