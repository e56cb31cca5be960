package io.kubrig.scheduler.plugins.external;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.component.StartException;
import io.kubrig.scheduler.config.InvalidConfigurationException;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginDirectoryTest {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  @TempDir private Path directory;
  private final MemoryCluster cluster = new MemoryCluster(Clock.system());
  private Clock looks = Clock.system();
  private PluginDirectory plugins;
  private Scheduler scheduler;

  @AfterEach
  void close() {
    if (plugins != null) {
      plugins.close();
    }
  }

  /** Compiles a sample plugin and puts it into a jar, as the tutorial says. */
  private void jar(String name) throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/sample-plugin/" + name + ".java")) {
      jar(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private void jar(String name, String text) throws IOException {
    Path source = directory.resolve("src").resolve(name + ".java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, text);
    Path classes = Files.createDirectories(directory.resolve("classes-" + name));
    int result = ToolProvider.getSystemJavaCompiler()
        .run(null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"), "-d",
        classes.toString(), source.toString());
    assertThat(result).as("compiling %s", name).isZero();
    Path jars = Files.createDirectories(directory.resolve("jars"));
    try (OutputStream out = Files.newOutputStream(jars.resolve(name + ".jar")); JarOutputStream jar = new JarOutputStream(out)) {
      try (var files = Files.walk(classes)) {
        for (Path f : files.filter(Files::isRegularFile).toList()) {
          jar.putNextEntry(new JarEntry(classes.relativize(f).toString()));
          Files.copy(f, jar);
        }
      }
      jar.putNextEntry(new JarEntry("META-INF/services/io.kubrig.scheduler.framework.PluginProvider"));
      jar.write(("com.example.scheduling." + name + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private void start(String profile, Duration patience) {
    plugins = new PluginDirectory(directory.resolve("jars"), patience, looks);
    SchedulerConfiguration c = SchedulerConfiguration.parse(
        "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles:\n- " + profile);
    scheduler = new Scheduler(c,
        new Scheduler.Parts(cluster, Clock.system(), new Random(1), plugins.over(BuiltinPlugins.registry(c)), List.of(),
        ScoreListener.NONE, SchedulerMetrics.NONE, "test"));
    for (String zone : List.of("cheap", "dear", "dearest")) {
      create("{apiVersion: v1, kind: Node, metadata: {name: " + zone + ", labels: {topology.kubernetes.io/zone: " + zone
          + "}}, status: {allocatable: {cpu: 4, memory: 8Gi, pods: 1}}}");
    }
    cluster.watch(scheduler.listener());
  }

  private void create(String yaml) {
    HasMetadata o = JSON.unmarshal("---\n" + yaml);
    cluster.create(o);
  }

  private void pod(String name) {
    create("{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", namespace: ns}, spec: {containers: [{name: c, image: i}]}}");
  }

  private void until(BooleanSupplier done) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    scheduler.loop().runUntilIdle(scheduler::scheduleOne);
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      scheduler.loop().awaitTask(50, scheduler::scheduleOne);
    }
  }

  private String node(String pod) {
    return cluster.find(Pod.class, "ns", pod).orElseThrow().getSpec().getNodeName();
  }

  private boolean toldOf(String text) {
    return cluster.list(Event.class).stream().anyMatch(e -> e.getReason().equals("FailedScheduling") && e.getNote().contains(text));
  }

  @Test
  void a_jars_plugin_filters_and_scores_with_its_typed_arguments() throws Exception {
    jar("ZoneCost");
    start("""
        {plugins: {multiPoint: {enabled: [{name: ZoneCost, weight: 50}]}},
          pluginConfig: [{name: ZoneCost, args: {costs: {cheap: 1, dear: 5, dearest: 50}, limit: 10}}]}
        """, Duration.ofSeconds(10));
    pod("first");
    until(() -> node("first") != null);
    pod("second");
    until(() -> node("second") != null);
    pod("third");
    until(() -> toldOf("1 node(s) in a zone that costs too much"));
    assertThat(node("first")).isEqualTo("cheap");
    assertThat(node("second")).isEqualTo("dear");
    assertThat(node("third")).isNull();
  }

  @Test
  void a_plugin_that_throws_or_hangs_fails_the_attempt_and_nothing_else() throws Exception {
    jar("Moody");
    start("{plugins: {multiPoint: {enabled: [{name: Moody}]}}}", Duration.ofMillis(500));
    pod("throws");
    until(() -> toldOf("plugin \"Moody\" failed: java.lang.IllegalStateException: not today"));
    pod("hangs");
    until(() -> toldOf("plugin \"Moody\" did not answer within 500ms"));
    pod("fine");
    until(() -> node("fine") != null);
    assertThat(node("throws")).isNull();
    assertThat(node("hangs")).isNull();
    assertThat(scheduler.state().podCount()).as("what was assumed was given back").isEqualTo(1);
    assertThat(plugins.stuck()).isEmpty();
  }

  /** What hears of reloads, with the scheduler behind it. */
  private final class Heard implements PluginDirectory.User {
    private final List<Optional<String>> outcomes = new CopyOnWriteArrayList<>();

    @Override
    public void use(Map<String, PluginFactory> registry) throws InterruptedException {
      scheduler.reload(registry);
    }

    @Override
    public void reloaded(Optional<String> failure) {
      outcomes.add(failure);
    }
  }

  @Test
  void a_new_jar_is_taken_over_with_the_queue_and_a_broken_one_leaves_the_old_in_force() throws Exception {
    String source;
    try (InputStream in = getClass().getResourceAsStream("/sample-plugin/OnlyZone.java")) {
      source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    jar("OnlyZone", source);
    VirtualClock clock = new VirtualClock(Instant.EPOCH);
    looks = clock;
    start("{plugins: {multiPoint: {enabled: [{name: OnlyZone}]}}}", Duration.ofSeconds(10));
    Heard heard = new Heard();
    plugins.follow(BuiltinPlugins.registry(SchedulerConfiguration.standard()), heard);
    pod("first");
    until(() -> node("first") != null);
    pod("second");
    until(() -> toldOf("only zone cheap"));
    assertThat(node("first")).isEqualTo("cheap");

    Path jar = directory.resolve("jars/OnlyZone.jar");
    Files.write(jar, new byte[] {1, 2, 3});
    passTime(clock, () -> heard.outcomes.size() == 1);
    assertThat(heard.outcomes.getFirst().orElseThrow()).contains("OnlyZone.jar");
    pod("third");
    until(() -> toldOf("only zone cheap") && events("third") > 0);

    jar("OnlyZone", source.replace("cheap", "dear"));
    passTime(clock, () -> heard.outcomes.size() == 2);
    assertThat(heard.outcomes.getLast()).isEmpty();
    until(() -> node("second") != null || node("third") != null);
    assertThat(List.of(String.valueOf(node("second")), String.valueOf(node("third")))).containsExactlyInAnyOrder("dear", "null");
  }

  private long events(String pod) {
    return cluster.list(Event.class).stream().filter(e -> e.getRegarding().getName().equals(pod)).count();
  }

  /** Lets virtual time pass on a thread of its own, because a reload waits for the scheduling thread, which is this one. */
  private void passTime(VirtualClock clock, BooleanSupplier done) throws InterruptedException {
    Thread.startVirtualThread(() -> {
      for (int i = 0; i < 4; i++) {
        clock.advance(Duration.ofSeconds(2));
      }
    });
    until(done);
  }

  @Test
  void mistakes_are_told_before_anything_runs() throws Exception {
    jar("ZoneCost");
    assertThatThrownBy(() -> start("{plugins: {multiPoint: {enabled: [{name: ZoneCost}]}}}", Duration.ofSeconds(1)))
        .isInstanceOf(StartException.class).hasMessage("plugin ZoneCost: costs: Required value");
    assertThatThrownBy(() -> start("""
        {plugins: {multiPoint: {enabled: [{name: ZoneCost}]}}, pluginConfig: [{name: ZoneCost, args: {costs: {}, limits: 3}}]}
        """, Duration.ofSeconds(1))).isInstanceOf(InvalidConfigurationException.class).hasMessageContaining("limits", "unknown field");
    Files.delete(directory.resolve("jars/ZoneCost.jar"));
    try (OutputStream out = Files.newOutputStream(directory.resolve("jars/empty.jar")); JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(new JarEntry("nothing"));
    }
    assertThatThrownBy(() -> new PluginDirectory(directory.resolve("jars"), Duration.ofSeconds(1), Clock.system()))
        .isInstanceOf(StartException.class).hasMessageContaining("has no plugins");
  }
}
