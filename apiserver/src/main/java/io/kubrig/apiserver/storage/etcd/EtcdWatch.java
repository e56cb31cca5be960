package io.kubrig.apiserver.storage.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * One stream of every change in etcd from a revision on, on one member. It never opens itself anew: any trouble ends it.
 *
 * <p>All keys are watched, not only those under a prefix: every revision of etcd then arrives, and to have seen a revision is to have seen
 * all before it. (The progress notifications of a narrower watch are not in order with its events before etcd 3.4.25 and 3.5.8.)
 */
final class EtcdWatch implements AutoCloseable {
  private static final ByteString EVERYTHING = ByteString.copyFrom(new byte[1]);
  private static final Metadata.Key<String> HAS_LEADER = Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final ManagedChannel channel;
  private ClientCallStreamObserver<WatchRequest> call;

  private sealed interface Arrival {
    record Answer(WatchResponse response) implements Arrival {}

    record End(String why) implements Arrival {}
  }

  private EtcdWatch(ManagedChannel channel) {
    this.channel = channel;
  }

  static EtcdWatch open(ManagedChannel channel, long from) {
    EtcdWatch watch = new EtcdWatch(channel);
    Metadata headers = new Metadata();
    headers.put(HAS_LEADER, "true"); // a member that has lost the others ends the watch
    WatchGrpc.newStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)).watch(watch.observer());
    WatchCreateRequest create =
        WatchCreateRequest.newBuilder().setKey(EVERYTHING).setRangeEnd(EVERYTHING).setStartRevision(from).setProgressNotify(true).build();
    watch.call.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
    return watch;
  }

  ManagedChannel channel() {
    return channel;
  }

  /** Responses are taken one by one: a slow reader holds etcd back, not this process's memory. */
  private ClientResponseObserver<WatchRequest, WatchResponse> observer() {
    return new ClientResponseObserver<>() {
      @Override
      public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
        call = stream;
        stream.disableAutoRequestWithInitial(1);
      }

      @Override
      public void onNext(WatchResponse response) {
        arrivals.add(new Arrival.Answer(response));
      }

      @Override
      public void onError(Throwable failure) {
        arrivals.add(new Arrival.End(EtcdClient.message(Status.fromThrowable(failure))));
      }

      @Override
      public void onCompleted() {
        arrivals.add(new Arrival.End("the member ended the watch"));
      }
    };
  }

  /**
   * Waits for the next response.
   *
   * @throws IOException when the watch has ended
   */
  WatchResponse next() throws IOException, InterruptedException {
    return switch (arrivals.take()) {
      case Arrival.Answer answer -> {
        call.request(1);
        yield answer.response();
      }
      case Arrival.End end -> throw new IOException(end.why());
    };
  }

  @Override
  public void close() {
    call.cancel("no longer needed", null);
    arrivals.add(new Arrival.End("closed"));
  }
}
