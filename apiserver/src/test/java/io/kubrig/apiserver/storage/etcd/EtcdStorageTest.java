package io.kubrig.apiserver.storage.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.apiserver.storage.UnreadableValueException;
import io.kubrig.apiserver.storage.Watcher;
import io.kubrig.apiserver.storage.Write;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.schemas.KubernetesSchemas;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdStorageTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String KEY = "/registry/configmaps/default/c";

  private static final EtcdMetrics METRICS =
      new EtcdMetrics(new KubernetesRegistry(), Clock.system(), key -> Tags.of("group", "", "resource", "any"));

  @TempDir Path directory;
  private EtcdProcess etcd;
  private EtcdStorage storage;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    etcd = EtcdProcess.start(directory);
    storage = open("/registry");
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (etcd != null) {
      storage.close();
      etcd.close();
    }
  }

  private EtcdSettings settings(String prefix) {
    return new EtcdSettings(
        EtcdSettings.servers(List.of(etcd.url())), prefix, Optional.empty(), Optional.empty(), Optional.empty(), Duration.ZERO,
        Duration.ofSeconds(2), Duration.ofSeconds(60));
  }

  private EtcdStorage open(String prefix) throws IOException {
    return EtcdStorage.open(settings(prefix), new EtcdValues(KubernetesSchemas.load(), EtcdValues.Encoding.PROTOBUF), AtRest.PLAIN,
        Clock.system(), METRICS);
  }

  private static byte[] configMap(String value) {
    return ("{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"c\",\"namespace\":\"default\"},\"data\":{\"k\":\""
        + value + "\"}}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Write.Put put(String key, long expected, String value) {
    return new Write.Put(key, expected, configMap(value), null, null);
  }

  private long written(EtcdStorage where, Write write) throws IOException, InterruptedException {
    Outcome outcome = where.commit(write);
    assertThat(outcome).isInstanceOf(Outcome.Committed.class);
    return ((Outcome.Committed) outcome).revision();
  }

  private KeyValue raw(String key) throws IOException {
    try (EtcdClient client = new EtcdClient(settings("/registry"))) {
      return client.range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build()).getKvs(0);
    }
  }

  private static String data(Entry entry) {
    return Json.readTree(entry.value()).tree("data").string("k");
  }

  @Test
  void keeps_built_in_kinds_as_native_does() throws IOException, InterruptedException {
    long revision = written(storage, put(KEY, 0, "v"));
    byte[] value = raw(KEY).getValue().toByteArray();
    byte[] native_ = {
      'k', '8', 's', 0, // magic
      0x0a, 0x0f, 0x0a, 2, 'v', '1', 0x12, 9, 'C', 'o', 'n', 'f', 'i', 'g', 'M', 'a', 'p' // Unknown.typeMeta
    };
    assertThat(value).startsWith(native_);
    assertThat(raw(KEY).getModRevision()).isEqualTo(revision);
  }

  @Test
  void keeps_custom_kinds_as_json() throws IOException, InterruptedException {
    String key = "/registry/example.com/things/default/t";
    byte[] json = "{\"kind\":\"Thing\",\"apiVersion\":\"example.com/v1\",\"metadata\":{\"name\":\"t\"},\"a\":1.5}".getBytes(StandardCharsets.UTF_8);
    written(storage, new Write.Put(key, 0, json, null, null));
    assertThat(raw(key).getValue().toStringUtf8()).isEqualTo(new String(json, StandardCharsets.UTF_8) + "\n");
  }

  @Test
  void keeps_definitions_and_registrations_of_apis_as_json_in_native_s_versions() throws IOException, InterruptedException {
    String crds = "/registry/apiextensions.k8s.io/customresourcedefinitions/foos.example.com";
    String definition =
        "{\"kind\":\"CustomResourceDefinition\",\"apiVersion\":\"apiextensions.k8s.io/v1\",\"metadata\":{\"name\":\"foos.example.com\"},"
            + "\"spec\":{\"group\":\"example.com\",\"versions\":[{\"name\":\"v1\",\"schema\":{\"openAPIV3Schema\":{}}}]}}";
    written(storage, new Write.Put(crds, 0, definition.getBytes(StandardCharsets.UTF_8), null, null));
    assertThat(raw(crds).getValue().toStringUtf8())
        .startsWith("{\"kind\":\"CustomResourceDefinition\",\"apiVersion\":\"apiextensions.k8s.io/v1beta1\"")
        .contains("\"validation\":{\"openAPIV3Schema\":{}}");
    String services = "/registry/apiregistration.k8s.io/apiservices/v1.example.com";
    String service =
        "{\"kind\":\"APIService\",\"apiVersion\":\"apiregistration.k8s.io/v1\",\"metadata\":{\"name\":\"v1.example.com\"},\"spec\":{}}";
    written(storage, new Write.Put(services, 0, service.getBytes(StandardCharsets.UTF_8), null, null));
    assertThat(raw(services).getValue().toStringUtf8()).isEqualTo(service + "\n");
  }

  @Test
  void a_write_is_visible_when_it_is_answered_and_a_stale_one_is_refused() throws IOException, InterruptedException {
    long first = written(storage, put(KEY, 0, "one"));
    assertThat(storage.keyspace().current().get(KEY).map(Entry::modified)).contains(first);
    assertThat(storage.commit(put(KEY, 0, "two"))).isInstanceOfSatisfying(
        Outcome.Conflict.class, conflict -> assertThat(conflict.current().map(Entry::modified)).contains(first));
    long second = written(storage, put(KEY, first, "two"));
    Entry entry = storage.keyspace().current().get(KEY).orElseThrow();
    assertThat(data(entry)).isEqualTo("two");
    assertThat(entry.created()).isEqualTo(first);
    assertThat(storage.commit(new Write.Delete(KEY, first))).isInstanceOf(Outcome.Conflict.class);
    written(storage, new Write.Delete(KEY, second));
    assertThat(storage.keyspace().current().get(KEY)).isEmpty();
  }

  @Test
  void two_servers_see_each_others_writes() throws Exception {
    try (EtcdStorage other = open("/registry")) {
      long revision = written(storage, put(KEY, 0, "one"));
      assertThat(other.latest()).isGreaterThanOrEqualTo(revision);
      Entry entry = other.keyspace().at(other.latest(), PATIENCE).get(KEY).orElseThrow();
      assertThat(entry.value()).isEqualTo(storage.keyspace().current().get(KEY).orElseThrow().value());
      written(other, put(KEY, revision, "two"));
      assertThat(data(storage.keyspace().at(storage.latest(), PATIENCE).get(KEY).orElseThrow())).isEqualTo("two");
    }
  }

  @Test
  void a_consistent_read_does_not_wait_for_keys_of_others_for_ever() throws Exception {
    try (EtcdStorage foreign = open("/elsewhere")) {
      written(storage, put(KEY, 0, "one"));
      written(foreign, put(KEY, 0, "theirs"));
      assertThat(storage.keyspace().at(storage.latest(), PATIENCE).revision()).isEqualTo(storage.latest());
      assertThat(data(storage.keyspace().current().get(KEY).orElseThrow())).isEqualTo("one");
      assertThat(raw("/elsewhere/configmaps/default/c").getVersion()).isEqualTo(1);
    }
  }

  @Test
  void goes_on_after_etcd_was_restarted() throws Exception {
    long first = written(storage, put(KEY, 0, "one"));
    Watcher watcher = storage.keyspace().watch("/registry/configmaps/", first);
    etcd.stop();
    assertThat(storage.troubles()).singleElement().asString().startsWith("error getting data from etcd: ");
    etcd.start();
    long second = eventually(put(KEY, first, "two"));
    assertThat(watcher.next(PATIENCE)).isInstanceOfSatisfying(
        Watcher.Next.Changed.class, changed -> assertThat(changed.change().revision()).isEqualTo(second));
    assertThat(storage.troubles()).isEmpty();
  }

  /** A write that may be refused while a member comes up. */
  private long eventually(Write write) throws InterruptedException {
    for (int attempt = 0; ; attempt++) {
      try {
        return written(storage, write);
      } catch (IOException e) {
        assertThat(attempt).as("%s", e.getMessage()).isLessThan(50);
        Clock.system().sleep(Duration.ofMillis(100));
      }
    }
  }

  @Test
  void reads_everything_again_when_etcd_has_forgotten_what_it_missed() throws Exception {
    long first = written(storage, put(KEY, 0, "one"));
    String gone = "/registry/configmaps/default/gone";
    long doomed = written(storage, put(gone, 0, "x"));
    try (EtcdClient client = new EtcdClient(settings("/registry"))) {
      Follower behind = Follower.start(client,
          new Translation("/registry", new EtcdValues(KubernetesSchemas.load(), EtcdValues.Encoding.JSON), AtRest.PLAIN), Clock.system(),
          METRICS);
      Watcher watcher = behind.keyspace().watch("/registry/configmaps/", doomed);
      behind.pause();
      long second = written(storage, put(KEY, first, "two"));
      long third = written(storage, new Write.Delete(gone, doomed));
      storage.compact(third);
      behind.resume();
      assertThat(behind.keyspace().at(third, PATIENCE).revision()).isGreaterThanOrEqualTo(third);
      assertThat(behind.keyspace().current().get(gone)).isEmpty();
      assertThat(behind.keyspace().current().get(KEY).map(Entry::modified)).contains(second);
      assertThat(watcher.next(PATIENCE)).isInstanceOf(Watcher.Next.Overflow.class);
      behind.close();
    }
  }

  @Test
  void a_key_with_a_time_to_live_goes_by_itself() throws Exception {
    Write.Put write = new Write.Put(KEY, 0, configMap("v"), Instant.now().plusSeconds(1), null);
    long revision = written(storage, write);
    assertThat(raw(KEY).getLease()).isNotZero();
    Watcher watcher = storage.keyspace().watch("/registry/configmaps/", revision);
    assertThat(watcher.next(PATIENCE)).isInstanceOfSatisfying(
        Watcher.Next.Changed.class, changed -> assertThat(changed.change().after()).isNull());
  }

  @Test
  void shows_what_it_cannot_read_as_such_and_everything_else_as_usual() throws Exception {
    written(storage, put(KEY, 0, "v"));
    try (EtcdStorage writesJson =
        EtcdStorage.open(settings("/registry"), new EtcdValues(KubernetesSchemas.load(), EtcdValues.Encoding.JSON), AtRest.PLAIN,
            Clock.system(), METRICS)) {
      byte[] nothing = "{\"metadata\":{\"name\":\"x\"}}".getBytes(StandardCharsets.UTF_8);
      written(writesJson, new Write.Put("/registry/configmaps/default/broken", 0, nothing, null, null));
    }
    Entry broken = storage.keyspace().at(storage.latest(), PATIENCE).get("/registry/configmaps/default/broken").orElseThrow();
    assertThatThrownBy(broken::value).isInstanceOf(UnreadableValueException.class).hasMessageContaining("Object 'Kind' is missing");
    assertThat(data(storage.keyspace().current().get(KEY).orElseThrow())).isEqualTo("v");
  }

  @Test
  void compaction_is_one_servers_turn_by_turn() throws Exception {
    try (EtcdClient client = new EtcdClient(settings("/registry"))) {
      Compactor one = new Compactor(client);
      Compactor two = new Compactor(client);
      one.step();
      two.step();
      long noted = Long.parseLong(raw("compact_rev_key").getValue().toStringUtf8());
      long revision = written(storage, put(KEY, 0, "one"));
      written(storage, put(KEY, revision, "two"));
      one.step();
      assertThat(noted).isZero();
      assertThat(Long.parseLong(raw("compact_rev_key").getValue().toStringUtf8())).isPositive().isLessThan(revision);
      assertThat(raw("compact_rev_key").getVersion()).isEqualTo(2);
    }
  }
}
