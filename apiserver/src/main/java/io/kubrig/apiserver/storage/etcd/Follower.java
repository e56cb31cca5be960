package io.kubrig.apiserver.storage.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.WatchResponse;
import io.kubrig.apiserver.storage.Change;
import io.kubrig.apiserver.storage.CompactedException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Keyspace;
import io.kubrig.apiserver.storage.Splice;
import io.kubrig.apiserver.storage.Write;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link Keyspace} equal to what etcd holds: reads everything once, then follows every change. A watch that ends is opened anew
 * where it ended, on another member; when etcd has forgotten what was in between, everything is read again and all watchers have to list.
 */
final class Follower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
  private static final int PAGE = 1000;
  private static final int START_TRIES = 20;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final EtcdClient client;
  private final Translation translation;
  private final Clock clock;
  private final EtcdMetrics metrics;
  private final Map<String, Own> own = new ConcurrentHashMap<>();
  private final Keyspace keyspace;
  private volatile Thread thread;
  private volatile boolean closed;

  /** A write of this process that is under way: when it comes by, its JSON need not be made again. */
  record Own(Write.Put put, byte[] stored) {}

  /** What etcd holds at a revision. */
  private record State(long revision, List<Entry> entries) {}

  private Follower(EtcdClient client, Translation translation, Clock clock, EtcdMetrics metrics, State state) {
    this.metrics = metrics;
    this.client = client;
    this.translation = translation;
    this.clock = clock;
    this.keyspace = new Keyspace(clock, state.revision, state.entries);
    this.thread = begin();
  }

  /** Reads everything, however long etcd takes to answer up to some seconds, and goes on following. */
  static Follower start(EtcdClient client, Translation translation, Clock clock, EtcdMetrics metrics)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return new Follower(client, translation, clock, metrics, read(client, translation));
      } catch (IOException e) {
        if (attempt == START_TRIES) {
          throw e;
        }
        LOG.warn("etcd does not answer yet: {}", e.getMessage());
        clock.sleep(PAUSE);
      }
    }
  }

  private static State read(EtcdClient client, Translation translation) throws IOException {
    List<Entry> entries = new ArrayList<>();
    long revision = 0;
    ByteString from = translation.first();
    while (true) {
      RangeRequest page = RangeRequest.newBuilder().setKey(from).setRangeEnd(translation.end()).setLimit(PAGE).setRevision(revision)
          .build();
      RangeResponse response = client.range(page);
      revision = revision == 0 ? response.getHeader().getRevision() : revision;
      response.getKvsList().forEach(pair -> entries.add(translation.entry(pair)));
      if (!response.getMore()) {
        return new State(revision, entries);
      }
      from = response.getKvs(response.getKvsCount() - 1).getKey().concat(ByteString.copyFrom(new byte[1]));
    }
  }

  Keyspace keyspace() {
    return keyspace;
  }

  void expect(Own write) {
    own.put(write.put.key(), write);
  }

  void forget(Own write) {
    own.remove(write.put.key(), write);
  }

  /** Waits until a revision has come by, at most for a time: a write is done in any case. */
  void await(long revision, Duration patience) throws InterruptedException {
    try {
      keyspace.at(revision, patience);
    } catch (CompactedException e) {
      LOG.debug("revision {} came by long ago", revision);
    }
  }

  /** For tests: stops following, as a server does that is cut off, until {@link #resume}. */
  void pause() throws InterruptedException {
    close();
    thread.join();
  }

  void resume() {
    closed = false;
    thread = begin();
  }

  private Thread begin() {
    return Thread.ofPlatform().name("etcd-follower").daemon().start(this::run);
  }

  // ---- following -----------------------------------------------------------------------------------------------------

  private void run() {
    while (!closed) {
      try (EtcdWatch open = EtcdWatch.open(client.channel(), keyspace.revision() + 1)) {
        follow(open);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Applies what comes until the watch ends; then whatever is needed to open the next one. */
  private void follow(EtcdWatch open) throws InterruptedException {
    try {
      while (!closed) {
        WatchResponse response = open.next();
        if (response.getCompactRevision() > 0) {
          LOG.warn("etcd has forgotten the changes after revision {}; everything is read again", keyspace.revision());
          State state = read(client, translation);
          keyspace.reset(state.revision, state.entries);
          return;
        }
        if (response.getCanceled()) {
          throw new IOException(response.getCancelReason());
        }
        apply(response);
      }
    } catch (IOException e) {
      if (!closed) {
        LOG.warn("The watch on etcd ended at revision {} and is opened again: {}", keyspace.revision(), e.getMessage());
        client.leave(open.channel());
        clock.sleep(PAUSE);
      }
    }
  }

  private void apply(WatchResponse response) {
    for (Event event : response.getEventsList()) {
      if (translation.isOurs(event.getKv().getKey())) {
        apply(event);
      } else {
        keyspace.advance(event.getKv().getModRevision());
      }
    }
    if (response.getEventsCount() == 0 && !response.getCreated()) {
      keyspace.advance(response.getHeader().getRevision()); // a progress notification
    }
  }

  private void apply(Event event) {
    KeyValue pair = event.getKv();
    String key = translation.key(pair.getKey());
    metrics.arrived(key);
    Entry before = keyspace.current().get(key).orElse(null);
    if (event.getType() == Event.EventType.PUT) {
      keyspace.apply(new Change(pair.getModRevision(), before, entry(key, pair)));
    } else if (before != null) {
      keyspace.apply(new Change(pair.getModRevision(), before, null));
    } else {
      keyspace.advance(pair.getModRevision());
    }
  }

  private Entry entry(String key, KeyValue pair) {
    Own write = own.get(key);
    if (write == null || !Arrays.equals(write.stored, pair.getValue().toByteArray())) {
      return translation.entry(pair);
    }
    long revision = pair.getModRevision();
    Entry entry = new Entry(key, Splice.resourceVersion(write.put.value(), revision), pair.getCreateRevision(), revision, null);
    entry.facts(write.put.facts());
    return entry;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
