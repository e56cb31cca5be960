package io.kubrig.scheduler.cycle;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodExtendedResourceClaimStatus;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * An API whose writes fail now and then: refused, done although the answer is an error, or, once its client is {@link #kill}ed, never done.
 * Thread-safe.
 */
final class UnreliableApi implements ClusterApi {
  private static final int ONE_IN = 25;
  private static final int SERVER_ERROR = 500;

  private final ClusterApi api;
  private final Random random; // guarded by this
  private boolean calm; // guarded by this
  private boolean killed; // guarded by this

  UnreliableApi(ClusterApi api, long seed) {
    this.api = api;
    this.random = new Random(seed);
  }

  /** From now on everything is answered. */
  synchronized void calm() {
    calm = true;
  }

  /** The client's process is gone: what it has not written by now it never will. */
  synchronized void kill() {
    killed = true;
  }

  private synchronized <T> T write(Supplier<T> write) {
    if (killed) {
      throw new ClusterApiException(0, "connection refused");
    }
    int fate = calm ? ONE_IN : random.nextInt(ONE_IN);
    if (fate == 0) {
      throw new ClusterApiException(SERVER_ERROR, "etcdserver: request timed out");
    }
    T answer = write.get();
    if (fate == 1) {
      throw new ClusterApiException(SERVER_ERROR, "the answer was lost");
    }
    return answer;
  }

  private void write(Runnable write) {
    write(() -> {
      write.run();
      return true;
    });
  }

  @Override
  public void watch(Listener listener) throws InterruptedException {
    api.watch(listener);
  }

  @Override
  public void bind(PodRef pod, String node) {
    write(() -> api.bind(pod, node));
  }

  @Override
  public void patchStatus(PodRef pod, StatusChange change) {
    write(() -> api.patchStatus(pod, change));
  }

  @Override
  public void delete(PodRef pod) {
    write(() -> api.delete(pod));
  }

  @Override
  public void setExtendedClaim(PodRef pod, PodExtendedResourceClaimStatus claim) {
    write(() -> api.setExtendedClaim(pod, claim));
  }

  @Override
  public <T extends HasMetadata> T create(T object) {
    return write(() -> api.create(object));
  }

  @Override
  public void delete(HasMetadata object) {
    write(() -> api.delete(object));
  }

  @Override
  public <T extends HasMetadata> T replace(T object) {
    return write(() -> api.replace(object));
  }

  @Override
  public <T extends HasMetadata> T replaceStatus(T object) {
    return write(() -> api.replaceStatus(object));
  }

  @Override
  public <T extends HasMetadata> T read(Class<T> kind, String namespace, String name) {
    return api.read(kind, namespace, name);
  }

  @Override
  public boolean serves(Class<? extends HasMetadata> kind) {
    return api.serves(kind);
  }

  @Override
  public <T extends HasMetadata> List<T> list(Class<T> kind) {
    return api.list(kind);
  }

  @Override
  public void close() {
    api.close();
  }
}
