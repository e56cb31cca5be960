package io.kubrig.machinery.informers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.informers.ScriptedHttp.Call;
import io.kubrig.machinery.models.ModelSerialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamedInformerTest {
  private static final String EXPIRED = status(410, "Expired", "too old resource version: 5 (9)", "");

  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final ScriptedHttp http = new ScriptedHttp();
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private StreamedInformer<ConfigMap> informer = informer(true);

  private StreamedInformer<ConfigMap> informer(boolean watchLists) {
    return new StreamedInformer<>(ConfigMap.class, http.client(), "https://server.example/api/v1/configmaps",
        new Events<>(ConfigMap.class, new ModelSerialization()), new Manner(clock, new SplittableRandom(7), watchLists));
  }

  @AfterEach
  void stop() {
    informer.stop();
  }

  // ---- the first state -----------------------------------------------------------------------------------------------

  @Test
  void the_first_state_comes_with_the_watch_and_is_shown_when_it_is_complete() {
    Call watch = start();
    assertThat(watch.query()).containsEntry("watch", "true").containsEntry("sendInitialEvents", "true")
        .containsEntry("resourceVersionMatch", "NotOlderThan").containsEntry("allowWatchBookmarks", "true")
        .containsEntry("resourceVersion", "");
    assertThat(Integer.parseInt(watch.query().get("timeoutSeconds"))).isBetween(300, 600);
    watch.begin().send(added("a", 3)).send(added("b", 2));
    assertThat(informer.hasSynced()).isFalse();
    assertThat(told).isEmpty();
    watch.send(initialEnd(5));
    assertThat(informer.hasSynced()).isTrue();
    assertThat(told).containsExactly("+a 3", "+b 2");
    assertThat(informer.lastSyncResourceVersion()).isEqualTo("5");
    watch.send(event("MODIFIED", "a", 6)).send(event("DELETED", "b", 7)).send(added("c", 8)).send(bookmark(9));
    assertThat(told).containsExactly("+a 3", "+b 2", "a 3 > 6", "-b 7", "+c 8");
    assertThat(informer.lastSyncResourceVersion()).isEqualTo("9");
  }

  @Test
  void a_server_that_gives_no_first_state_with_a_watch_is_asked_for_a_list_in_pages() {
    start().refuse(422, status(422, "Invalid", "sendInitialEvents is forbidden", ""), Map.of());
    Call first = http.next();
    assertThat(first.watches()).isFalse();
    assertThat(first.query()).containsOnly(Map.entry("limit", "500"), Map.entry("resourceVersion", "0"));
    first.answer("{\"kind\":\"ConfigMapList\",\"metadata\":{\"resourceVersion\":\"5\",\"continue\":\"x+y\"},\"items\":["
        + object("a", 3) + "]}");
    Call second = http.next();
    assertThat(second.query()).containsOnly(Map.entry("limit", "500"), Map.entry("continue", "x+y"));
    second.answer("{\"items\":[" + object("b", 2) + "],\"metadata\":{\"resourceVersion\":\"5\"}}");
    Call watch = http.next();
    assertThat(watch.query()).containsEntry("resourceVersion", "5").doesNotContainKey("sendInitialEvents");
    assertThat(told).containsExactly("+a 3", "+b 2");
  }

  @Test
  void where_watches_bring_no_first_state_a_list_is_asked_for_at_once() throws InterruptedException {
    informer = informer(false);
    start().answer("{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[" + object("a", 3) + "]}");
    Call watch = http.next();
    assertThat(watch.query()).containsEntry("resourceVersion", "5").doesNotContainKey("sendInitialEvents");
    watch.begin();
    assertThat(told).containsExactly("+a 3");
    assertThat(clock.tally().awaitIdle(Duration.ofSeconds(30))).isTrue();
  }

  @Test
  void a_list_that_fails_begins_anew_after_a_pause() {
    start().refuse(403, status(403, "Forbidden", "no watch", ""), Map.of());
    http.next().refuse(403, status(403, "Forbidden", "no list", ""), Map.of());
    passAPause();
    assertThat(http.next().query()).containsEntry("sendInitialEvents", "true");
  }

  @Test
  void a_first_state_that_breaks_off_is_asked_for_again_whole() {
    Call broken = start().begin().send(added("a", 3));
    broken.breakOff();
    http.next().begin().send(added("b", 2)).send(initialEnd(5));
    assertThat(told).containsExactly("+b 2");
  }

  // ---- going on ------------------------------------------------------------------------------------------------------

  @Test
  void a_watch_that_ends_goes_on_from_its_last_revision_at_once() {
    Call watch = synced("a", 3).send(bookmark(8));
    watch.end();
    Call next = http.next();
    assertThat(next.query()).containsEntry("resourceVersion", "8").doesNotContainKey("sendInitialEvents");
    next.begin().send(event("MODIFIED", "a", 9)).breakOff();
    assertThat(http.next().query()).containsEntry("resourceVersion", "9");
    assertThat(told).containsExactly("+a 3", "a 3 > 9");
  }

  @Test
  void a_watch_that_ends_within_a_second_without_a_word_begins_anew_after_a_pause() {
    synced("a", 3).end();
    http.next().begin().end();
    passAPause();
    assertThat(http.next().query()).containsEntry("sendInitialEvents", "true").containsEntry("resourceVersion", "5");
  }

  @Test
  void a_revision_that_is_too_old_means_the_first_state_anew_and_only_what_differs_is_told() {
    Call watch = synced("a", 3);
    watch.send(added("b", 6)).send("{\"type\":\"ERROR\",\"object\":" + EXPIRED + "}\n");
    assertThat(watch.cancelled()).isTrue();
    passAPause();
    Call again = http.next();
    assertThat(again.query()).containsEntry("sendInitialEvents", "true").containsEntry("resourceVersion", "6");
    again.refuse(410, EXPIRED, Map.of());
    Call newest = http.next();
    assertThat(newest.query()).containsEntry("sendInitialEvents", "true").containsEntry("resourceVersion", "");
    newest.begin().send(added("a", 3)).send(added("c", 9)).send(initialEnd(9));
    assertThat(told).containsExactly("+a 3", "+b 6", "+c 9", "-b 6?");
  }

  @Test
  void a_list_of_a_revision_that_the_server_has_not_reached_is_one_of_the_newest() {
    synced("a", 3).send("{\"type\":\"ERROR\",\"object\":" + status(500, "InternalError", "broken", "") + "}\n");
    passAPause();
    http.next().refuse(422, status(422, "Invalid", "no", ""), Map.of());
    Call list = http.next();
    assertThat(list.query()).containsOnly(Map.entry("resourceVersion", "5"));
    list.refuse(504, status(504, "Timeout", "Too large resource version", "ResourceVersionTooLarge"), Map.of());
    assertThat(http.next().query()).containsOnly(Map.entry("resourceVersion", ""));
  }

  @Test
  void a_busy_server_is_left_alone_as_long_as_it_asks() {
    synced("a", 3).end();
    http.next().refuse(429, status(429, "TooManyRequests", "later", ""), Map.of("Retry-After", List.of("20")));
    assertThat(pause()).isEqualTo(Duration.ofSeconds(20));
    clock.advance(Duration.ofSeconds(20));
    assertThat(http.next().query()).containsEntry("resourceVersion", "5").doesNotContainKey("sendInitialEvents");
  }

  @Test
  void a_server_that_cannot_be_reached_is_tried_with_growing_pauses() {
    synced("a", 3).end();
    Duration base = Pauses.FIRST;
    for (int i = 0; i < 8; i++) {
      http.next().unreachable();
      Duration pause = pause();
      assertThat(pause).isBetween(base, base.multipliedBy(2));
      clock.advance(pause);
      base = base.multipliedBy(2).compareTo(Pauses.LAST) > 0 ? Pauses.LAST : base.multipliedBy(2);
    }
    Call back = http.next().begin();
    clock.advance(Duration.ofMinutes(3));
    back.send(bookmark(6)).end();
    http.next().unreachable();
    assertThat(pause()).isLessThan(Pauses.FIRST.multipliedBy(2));
  }

  @Test
  void a_line_that_cannot_be_read_ends_the_watch() {
    Call watch = synced("a", 3).send("{\"type\":\"ADDED\",\"object\":[]}\n").send(added("b", 6));
    assertThat(watch.cancelled()).isTrue();
    assertThat(told).containsExactly("+a 3");
    passAPause();
    assertThat(http.next().query()).containsEntry("sendInitialEvents", "true").containsEntry("resourceVersion", "5");
  }

  @Test
  void nothing_is_told_after_the_end() throws Exception {
    Call watch = synced("a", 3);
    informer.stop();
    informer.stopped().toCompletableFuture().get(30, TimeUnit.SECONDS);
    watch.send(added("b", 6));
    assertThat(watch.cancelled()).isTrue();
    assertThat(told).containsExactly("+a 3");
    assertThat(http.idle()).isTrue();
    assertThat(informer.isRunning()).isFalse();
  }

  @Test
  void who_waits_for_the_first_state_is_let_go_by_the_end() throws Exception {
    CompletableFuture<Void> started = informer.start().toCompletableFuture();
    Call watch = http.next().begin();
    informer.stop();
    started.get(30, TimeUnit.SECONDS);
    assertThat(informer.hasSynced()).isFalse();
    assertThat(watch.cancelled()).isTrue();
  }

  @Test
  void time_stands_still_until_the_first_state_is_there() {
    Call watch = start().begin();
    assertThat(clock.tally().isIdle()).isFalse();
    watch.send(initialEnd(5));
    assertThat(clock.tally().isIdle()).isTrue();
  }

  // ---- handlers ------------------------------------------------------------------------------------------------------

  @Test
  void a_handler_that_comes_late_hears_of_what_there_is_and_one_that_left_hears_nothing() {
    Call watch = synced("a", 3);
    List<String> late = new ArrayList<>();
    ResourceEventHandler<ConfigMap> handler = recording(late);
    informer.addEventHandler(handler);
    watch.send(added("b", 6));
    informer.removeEventHandler(handler);
    watch.send(added("c", 7));
    assertThat(late).containsExactly("+a 3", "+b 6");
  }

  @Test
  void a_handler_that_fails_keeps_nothing_from_others() {
    Call watch = start();
    informer.addEventHandler(new ResourceEventHandler<>() {
      @Override
      public void onAdd(ConfigMap object) {
        throw new IllegalStateException("broken");
      }

      @Override
      public void onUpdate(ConfigMap before, ConfigMap after) {}

      @Override
      public void onDelete(ConfigMap object, boolean missed) {}
    });
    watch.begin().send(initialEnd(5)).send(added("a", 6)).send(event("MODIFIED", "a", 7));
    assertThat(told).containsExactly("+a 6", "a 6 > 7");
  }

  @Test
  void a_handler_that_is_still_hearing_of_the_past_does_not_hold_up_the_watch() throws Exception {
    Call watch = synced("a", 3);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    List<String> late = Collections.synchronizedList(new ArrayList<>());
    ResourceEventHandler<ConfigMap> recording = recording(late);
    Thread subscriber = Thread.ofVirtual().start(() -> informer.addEventHandler(new ResourceEventHandler<ConfigMap>() {
      @Override
      public void onAdd(ConfigMap object) {
        begun.countDown();
        try {
          released.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        recording.onAdd(object);
      }

      @Override
      public void onUpdate(ConfigMap before, ConfigMap after) {
        recording.onUpdate(before, after);
      }

      @Override
      public void onDelete(ConfigMap object, boolean missed) {
        recording.onDelete(object, missed);
      }
    }));
    begun.await();
    watch.send(event("MODIFIED", "a", 6));
    assertThat(told).containsExactly("+a 3", "a 3 > 6");
    released.countDown();
    subscriber.join();
    assertThat(late).containsExactly("+a 3", "a 3 > 6");
  }

  // ---- actors --------------------------------------------------------------------------------------------------------

  private Call start() {
    informer.addEventHandler(recording(told));
    informer.start();
    return http.next();
  }

  private Call synced(String name, int revision) {
    return start().begin().send(added(name, revision)).send(initialEnd(5));
  }

  private Duration pause() {
    while (clock.nextDue().isEmpty()) {
      Thread.onSpinWait();
    }
    return Duration.between(clock.now(), clock.nextDue().orElseThrow());
  }

  private void passAPause() {
    Duration pause = pause();
    assertThat(pause).isBetween(Pauses.FIRST, Pauses.FIRST.multipliedBy(2));
    assertThat(http.idle()).isTrue();
    clock.advance(pause);
  }

  private static ResourceEventHandler<ConfigMap> recording(List<String> into) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(ConfigMap object) {
        into.add("+" + text(object));
      }

      @Override
      public void onUpdate(ConfigMap before, ConfigMap after) {
        into.add(text(before) + " > " + after.getMetadata().getResourceVersion());
      }

      @Override
      public void onDelete(ConfigMap object, boolean missed) {
        into.add("-" + text(object) + (missed ? "?" : ""));
      }
    };
  }

  private static String text(ConfigMap object) {
    return object.getMetadata().getName() + " " + object.getMetadata().getResourceVersion();
  }

  private static String object(String name, int revision) {
    return "{\"metadata\":{\"namespace\":\"ns\",\"name\":\"" + name + "\",\"resourceVersion\":\"" + revision + "\"}}";
  }

  private static String event(String type, String name, int revision) {
    return "{\"type\":\"" + type + "\",\"object\":" + object(name, revision) + "}\n";
  }

  private static String added(String name, int revision) {
    return event("ADDED", name, revision);
  }

  private static String bookmark(int revision) {
    return "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"metadata\":{\"resourceVersion\":\"" + revision + "\"}}}\n";
  }

  private static String initialEnd(int revision) {
    return "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"metadata\":{\"resourceVersion\":\"" + revision
        + "\",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}\n";
  }

  private static String status(int code, String reason, String message, String cause) {
    String details = cause.isEmpty() ? "" : ",\"details\":{\"causes\":[{\"reason\":\"" + cause + "\"}]}";
    return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":" + code + ",\"reason\":\"" + reason + "\",\"message\":\"" + message + "\""
        + details + "}";
  }
}
