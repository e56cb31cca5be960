package io.kubrig.apiserver.storage.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets etcd forget what is older than one to two intervals. All API servers on one etcd, native ones too, agree by the version of one key
 * on who does it: the one that counts it up compacts to the revision that it noted an interval ago. (Source:
 * apiserver/pkg/storage/etcd3/compact.go.)
 */
final class Compactor {
  private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);
  private static final ByteString KEY = EtcdClient.bytes("compact_rev_key");

  private final EtcdClient client;
  private long version;
  private long revision;

  Compactor(EtcdClient client) {
    this.client = client;
  }

  /** Works until it is interrupted. */
  void run(Clock clock, Duration interval) {
    try {
      while (true) {
        clock.sleep(interval);
        try {
          step();
        } catch (IOException e) {
          LOG.warn("etcd was not compacted and is asked again in {}: {}", interval, e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One turn: the first one only notes where etcd is. */
  void step() throws IOException {
    TxnResponse response =
        client.transact(
            TxnRequest.newBuilder()
                .addCompare(
                    Compare.newBuilder()
                        .setTarget(Compare.CompareTarget.VERSION)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setKey(KEY)
                        .setVersion(version))
                .addSuccess(
                    RequestOp.newBuilder().setRequestPut(PutRequest.newBuilder().setKey(KEY)
                        .setValue(EtcdClient.bytes(Long.toString(revision)))))
                .addFailure(RequestOp.newBuilder().setRequestRange(RangeRequest.newBuilder().setKey(KEY)))
                .build());
    long before = revision;
    revision = response.getHeader().getRevision();
    if (!response.getSucceeded()) {
      version = response.getResponses(0).getResponseRange().getKvs(0).getVersion();
      return;
    }
    version++;
    if (before > 0) {
      client.compact(before);
      LOG.info("etcd has forgotten what was before revision {}", before);
    }
  }
}
