package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.storagemigration.v1beta1.StorageVersionMigration;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Version;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.storageversiongc.StorageVersionGarbageCollector;
import io.kubrig.operators.storageversionmigration.StorageVersionMigratorController;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The stories of the versions in which objects are stored. */
final class VersionStories {
  private VersionStories() {}

  /** Objects that are stored in a version of yesterday, and migrations of them, and of what does not exist. */
  static final class MigrationStory implements Story {
    private final Map<String, Set<String>> waiting = new HashMap<>(); // by migration, the uids of what it has to write
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(StorageVersionMigratorController::new);
    }

    @Override
    public List<Class<? extends HasMetadata>> kinds() {
      return List.of(ConfigMap.class, ClusterRole.class, StorageVersionMigration.class);
    }

    @Override
    public boolean watches() {
      return true;
    }

    @Override
    public ControllerManagerOptions options() {
      return ControllerManagerOptions.parse("--feature-gates=StorageVersionMigrator=true");
    }

    @Override
    public void begin(MemoryServer server) {
      make(server, ConfigMap.class);
      make(server, ClusterRole.class);
      migrate(server, "", "configmaps", ConfigMap.class);
    }

    private void make(MemoryServer server, Class<? extends HasMetadata> kind) {
      HasMetadata object = Objects.parse("{}", kind);
      object.setMetadata(new ObjectMetaBuilder().withName("object-" + made++).withNamespace(kind == ConfigMap.class ? "ns" : null).build());
      server.create(object);
    }

    private void migrate(MemoryServer server, String group, String resource, Class<? extends HasMetadata> kind) {
      String name = "migration-" + made++;
      server.outdate(kind);
      waiting.put(name, Stories.all(server, kind).stream().map(object -> object.getMetadata().getUid()).collect(Collectors.toSet()));
      server.create(Objects.parse("{\"metadata\": {\"name\": \"" + name + "\"}, \"spec\": {\"resource\": {\"group\": \"" + group
          + "\", \"resource\": \"" + resource + "\"}}}", StorageVersionMigration.class));
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      List<ConfigMap> maps = Stories.all(server, ConfigMap.class);
      switch (random.nextInt(8)) {
        case 0, 1 -> make(server, ConfigMap.class);
        case 2 -> make(server, ClusterRole.class);
        case 3 -> migrate(server, "", "configmaps", ConfigMap.class);
        case 4 -> migrate(server, "rbac.authorization.k8s.io", "clusterroles", ClusterRole.class);
        case 5 -> server.create(Objects.parse("{\"metadata\": {\"name\": \"migration-" + made++
            + "\"}, \"spec\": {\"resource\": {\"group\": \"example.com\", \"resource\": \"nothings\"}}}", StorageVersionMigration.class));
        case 6 -> maps.stream().skip(random.nextInt(maps.size() + 1)).findFirst().ifPresent(map -> server.delete(map, Map.of(), false));
        default -> maps.stream().skip(random.nextInt(maps.size() + 1)).findFirst().ifPresent(map ->
            server.update(MemoryServer.edit(map, tree -> tree.putObject("data").put("key", "value-" + made++)), false));
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      HasMetadata before = change.before();
      if (before != null && !(before instanceof StorageVersionMigration)) {
        waiting.values().forEach(uids -> uids.remove(before.getMetadata().getUid()));
      }
      if (change.after() instanceof StorageVersionMigration after) {
        Map<String, String> conditions = conditions(after);
        if (before instanceof StorageVersionMigration earlier) {
          assertThat(over(after)).as("how %s ended", Key.of(after)).containsAll(over(earlier));
          String had = earlier.getStatus() == null ? null : earlier.getStatus().getResourceVersion();
          assertThat(had == null || had.equals(after.getStatus().getResourceVersion())).as("%s keeps its revision", Key.of(after)).isTrue();
        }
        assertThat(over(after)).as("how %s ended", Key.of(after)).hasSizeLessThanOrEqualTo(1);
        boolean nothing = after.getSpec().getResource().getResource().equals("nothings");
        assertThat(conditions.getOrDefault(nothing ? "Succeeded" : "Failed", "False")).as("%s: %s", Key.of(after), after.getStatus())
            .isEqualTo("False");
        if (over(after).contains("Succeeded")) {
          assertThat(waiting.get(after.getMetadata().getName())).as("what %s has not written", Key.of(after)).isEmpty();
          assertThat(conditions).containsEntry("Running", "False");
        }
      }
    }

    private static Map<String, String> conditions(StorageVersionMigration migration) {
      return migration.getStatus() == null ? Map.of() : Objects.orEmpty(migration.getStatus().getConditions()).stream()
          .collect(Collectors.toMap(c -> c.getType(), c -> c.getStatus()));
    }

    private static List<String> over(StorageVersionMigration migration) {
      Map<String, String> conditions = conditions(migration);
      return Stream.of("Succeeded", "Failed").filter(type -> "True".equals(conditions.get(type))).toList();
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, StorageVersionMigration.class)).isNotEmpty()
          .allSatisfy(migration -> assertThat(over(migration)).as("how %s ended", Key.of(migration)).hasSize(1));
    }
  }

  /** In which version each API server stores a resource. No model of it comes with the client. */
  @Group("internal.apiserver.k8s.io")
  @Version("v1alpha1")
  @Kind("StorageVersion")
  static final class StorageVersion extends CustomResource<Map<String, Object>, Map<String, Object>> {
    private static final long serialVersionUID = 1L;

    @Override
    protected Map<String, Object> initSpec() {
      return Map.of();
    }

    @Override
    protected Map<String, Object> initStatus() {
      return Map.of();
    }
  }

  /** API servers that come with their Lease, say in which version they store, and go without a word. */
  static final class ServersStory implements Story {
    private static final String SYSTEM = "kube-system";
    private int made;
    private boolean servers; // whether it is an API server or what clears up after it that acts

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(StorageVersionGarbageCollector::new);
    }

    @Override
    public List<Class<? extends HasMetadata>> kinds() {
      return List.of(Lease.class, StorageVersion.class);
    }

    @Override
    public boolean watches() {
      return true;
    }

    @Override
    public ControllerManagerOptions options() {
      return ControllerManagerOptions.parse("--feature-gates=APIServerIdentity=true,StorageVersionAPI=true");
    }

    @Override
    public void begin(MemoryServer server) {
      come(server, "v1");
      server.create(Objects.parse("{\"metadata\": {\"name\": \"someone-else\", \"namespace\": \"" + SYSTEM + "\"}}", Lease.class));
    }

    /** A new API server, which enters itself in all versions. */
    private void come(MemoryServer server, String version) {
      String id = "apiserver-" + made++;
      server.create(Objects.parse("{\"metadata\": {\"name\": \"" + id + "\", \"namespace\": \"" + SYSTEM
          + "\", \"labels\": {\"apiserver.kubernetes.io/identity\": \"kube-apiserver\"}}}", Lease.class));
      for (String name : List.of("apps.deployments", "core.pods")) {
        StorageVersion known = server.find(StorageVersion.class, Key.of(name)).orElseGet(() ->
            server.create(Objects.parse("{\"metadata\": {\"name\": \"" + name + "\"}}", StorageVersion.class)));
        server.update(MemoryServer.edit(known, tree -> {
          tree.withObjectProperty("status").withArrayProperty("storageVersions").addObject().put("apiServerID", id)
              .put("encodingVersion", version);
          tree.withObjectProperty("status").remove("commonEncodingVersion");
          Set<String> all = new HashSet<>();
          tree.at("/status/storageVersions").forEach(entry -> all.add(entry.path("encodingVersion").asText()));
          if (all.size() == 1) {
            tree.withObjectProperty("status").put("commonEncodingVersion", version);
          }
        }), true);
      }
    }

    private static List<Lease> living(MemoryServer server) {
      return Stories.all(server, Lease.class).stream().filter(lease -> lease.getMetadata().getName().startsWith("apiserver-")).toList();
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      servers = true;
      List<Lease> living = living(server);
      if (living.size() > 3 || random.nextBoolean()) {
        living.stream().skip(random.nextInt(living.size() + 1)).findFirst().ifPresent(lease -> server.delete(lease, Map.of(), false));
      } else {
        come(server, random.nextBoolean() ? "v1" : "v2");
      }
      servers = false;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> entries(StorageVersion version) {
      Map<String, String> entries = new TreeMap<>();
      ((List<Map<String, String>>) version.getStatus().getOrDefault("storageVersions", List.of()))
          .forEach(entry -> entries.put(entry.get("apiServerID"), entry.get("encodingVersion")));
      return entries;
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (!servers && change.before() instanceof StorageVersion before) {
        Map<String, String> lost = entries(before);
        if (change.after() instanceof StorageVersion after) {
          assertThat(lost).as("what was said of %s", Key.of(after)).containsAllEntriesOf(entries(after));
          lost.keySet().removeAll(entries(after).keySet());
        }
        living(server).forEach(lease -> assertThat(lost).as("what is taken from %s", Key.of(before))
            .doesNotContainKey(lease.getMetadata().getName()));
      }
    }

    @Override
    public void settled(MemoryServer server) {
      Set<String> living = living(server).stream().map(lease -> lease.getMetadata().getName()).collect(Collectors.toSet());
      assertThat(Stories.all(server, StorageVersion.class)).hasSize(living.isEmpty() ? 0 : 2).allSatisfy(version -> {
        Set<String> encodings = new HashSet<>(entries(version).values());
        assertThat(entries(version).keySet()).as("servers of %s", Key.of(version)).isEqualTo(living);
        assertThat(version.getStatus().get("commonEncodingVersion")).as("what the servers of %s agree on: %s", Key.of(version), encodings)
            .isEqualTo(encodings.size() == 1 ? encodings.iterator().next() : null);
      });
    }
  }
}
