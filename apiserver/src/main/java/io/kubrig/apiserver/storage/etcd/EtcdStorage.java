package io.kubrig.apiserver.storage.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Keyspace;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.apiserver.storage.Splice;
import io.kubrig.apiserver.storage.Storage;
import io.kubrig.apiserver.storage.Write;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Objects in etcd v3, shared with other API servers.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>etcd decides: a write is one transaction on the revision of its key. It is never repeated; one whose outcome is not known is
 * looked for once, and
 *       reported as failed when it is not found.
 *   <li>The keyspace is filled by one {@link Follower} only, in the order of etcd's revisions, whoever wrote. A write waits until its own
 * revision has
 *       come by, so that its writer reads what it wrote.
 *   <li>The keyspace may be behind etcd. {@link #latest} says how far etcd is; consistent reads wait for that.
 * </ul>
 */
public final class EtcdStorage implements Storage {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdStorage.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final EtcdSettings settings;
  private final Clock clock;
  private final EtcdMetrics metrics;
  private final EtcdClient client;
  private final Translation translation;
  private final Leases leases;
  private final Follower follower;
  private final NewestRevision newest;
  private final Thread compaction;

  private EtcdStorage(EtcdSettings settings, Clock clock, EtcdClient client, Translation translation, EtcdMetrics metrics)
      throws IOException, InterruptedException {
    this.metrics = metrics;
    this.settings = settings;
    this.clock = clock;
    this.client = client;
    this.translation = translation;
    this.leases = new Leases(client, clock, settings.leaseReuse(), metrics);
    this.newest = new NewestRevision(() -> client.range(probe()).getHeader().getRevision());
    this.follower = Follower.start(client, translation, clock, metrics);
    Compactor compactor = new Compactor(client);
    Duration interval = settings.compactionInterval();
    this.compaction = Thread.ofVirtual().name("etcd-compaction").unstarted(() -> compactor.run(clock, interval));
    if (interval.isPositive()) {
      compaction.start();
    }
  }

  /**
   * Connects to etcd and reads everything under the prefix.
   *
   * @throws IOException when no member answers within some seconds, or keys cannot be read
   */
  public static EtcdStorage open(EtcdSettings settings, EtcdValues values, AtRest atRest, Clock clock, EtcdMetrics metrics)
      throws IOException {
    EtcdClient client = new EtcdClient(settings);
    try {
      return new EtcdStorage(settings, clock, client, new Translation(settings.prefix(), values, atRest), metrics);
    } catch (IOException e) {
      client.close();
      throw new IOException("etcd at " + settings.servers() + " cannot be used: " + e.getMessage() + "; see --etcd-servers", e);
    } catch (InterruptedException e) {
      client.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while etcd was read", e);
    }
  }

  @Override
  public Keyspace keyspace() {
    return follower.keyspace();
  }

  @Override
  public long latest() throws IOException {
    return newest.get();
  }

  @Override
  public Outcome commit(Write write) throws IOException, InterruptedException {
    return switch (write) {
      case Write.Put put -> put(put);
      case Write.Delete delete -> delete(delete);
    };
  }

  // ---- writes --------------------------------------------------------------------------------------------------------

  private Outcome put(Write.Put put) throws IOException, InterruptedException {
    ByteString key = translation.etcdKey(put.key());
    byte[] stored = translation.encode(put.key(), put.value());
    PutRequest.Builder request = PutRequest.newBuilder().setKey(key).setValue(ByteString.copyFrom(stored));
    if (put.expires() != null) {
      request.setLease(leases.lease(Duration.between(clock.now(), put.expires())));
    }
    long created = follower.keyspace().current().get(put.key()).map(Entry::created).orElse(0L);
    Follower.Own own = new Follower.Own(put, stored);
    follower.expect(own);
    try {
      TxnResponse response;
      try {
        TxnRequest write = transaction(key, put.expected(), RequestOp.newBuilder().setRequestPut(request).build());
        response = metrics.timed(put.expected() == 0 ? "create" : "update", put.key(), () -> client.transact(write));
      } catch (EtcdClient.UnknownOutcomeException e) {
        return found(put, key, stored, e);
      }
      if (!response.getSucceeded()) {
        return conflict(response);
      }
      long revision = response.getHeader().getRevision();
      follower.await(revision, PATIENCE);
      Entry entry = new Entry(put.key(), Splice.resourceVersion(put.value(), revision), put.expected() == 0 ? revision
          : created, revision, null);
      entry.facts(put.facts());
      return new Outcome.Committed(entry, revision);
    } finally {
      follower.forget(own);
    }
  }

  /** Looks for a write whose answer was lost. */
  private Outcome found(Write.Put put, ByteString key, byte[] stored, IOException lost) throws IOException, InterruptedException {
    RangeResponse now = client.range(RangeRequest.newBuilder().setKey(key).build());
    if (now.getKvsCount() == 1 && now.getKvs(0).getModRevision() > put.expected()
        && now.getKvs(0).getValue().equals(ByteString.copyFrom(stored))) {
      long revision = now.getKvs(0).getModRevision();
      follower.await(revision, PATIENCE);
      return new Outcome.Committed(translation.entry(now.getKvs(0)), revision);
    }
    throw lost;
  }

  private Outcome delete(Write.Delete delete) throws IOException, InterruptedException {
    ByteString key = translation.etcdKey(delete.key());
    DeleteRangeRequest request = DeleteRangeRequest.newBuilder().setKey(key).setPrevKv(true).build();
    TxnRequest removal = transaction(key, delete.expected(), RequestOp.newBuilder().setRequestDeleteRange(request).build());
    TxnResponse response = metrics.timed("delete", delete.key(), () -> client.transact(removal));
    if (!response.getSucceeded()) {
      return conflict(response);
    }
    long revision = response.getHeader().getRevision();
    follower.await(revision, PATIENCE);
    return new Outcome.Committed(translation.entry(response.getResponses(0).getResponseDeleteRange().getPrevKvs(0)), revision);
  }

  private static TxnRequest transaction(ByteString key, long expected, RequestOp operation) {
    return TxnRequest.newBuilder()
        .addCompare(
            Compare.newBuilder().setTarget(Compare.CompareTarget.MOD).setResult(Compare.CompareResult.EQUAL).setKey(key)
                .setModRevision(expected))
        .addSuccess(operation)
        .addFailure(RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(key)))
        .build();
  }

  /** The writer reads again: by then the keyspace must have what it collided with. */
  private Outcome conflict(TxnResponse response) throws InterruptedException {
    RangeResponse found = response.getResponses(0).getResponseRange();
    follower.await(response.getHeader().getRevision(), PATIENCE);
    Optional<KeyValue> current = found.getKvsCount() == 0 ? Optional.empty() : Optional.of(found.getKvs(0));
    return new Outcome.Conflict(current.map(translation::entry));
  }

  // ---- the rest ------------------------------------------------------------------------------------------------------

  @Override
  public boolean expiresByItself() {
    return true;
  }

  @Override
  public void compact(long revision) throws IOException {
    client.compact(revision);
    keyspace().compact(revision);
  }

  /** Any key will do: what counts is the revision in the answer. */
  private RangeRequest probe() {
    return RangeRequest.newBuilder().setKey(EtcdClient.bytes(settings.prefix() + "/health")).setCountOnly(true).build();
  }

  @Override
  public List<String> troubles() {
    try {
      client.range(probe(), settings.healthTimeout());
      return List.of();
    } catch (IOException e) {
      return List.of("error getting data from etcd: " + e.getMessage());
    }
  }

  @Override
  public long sizeInBytes() {
    try {
      return client.size();
    } catch (IOException e) {
      LOG.warn("Cannot tell the size of the storage: {}", e.getMessage());
      return 0;
    }
  }

  @Override
  public void close() {
    compaction.interrupt();
    follower.close();
    client.close();
  }
}
