package io.kubrig.operators.metadata;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Caches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that caches which have been filled for a while show all that is there at a moment: what the leader before wrote last may
 * still be on its way. Each kind is listed past all caches, by metadata only, and its cache waited for.
 */
public final class CatchUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(1);

  private final MetadataClient client;
  private final Clock clock;

  public CatchUp(MetadataClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * Waits until all caches, which have been listed before, show what the server has now.
   *
   * @return the kinds whose caches do not within the limit
   */
  public List<String> await(Caches caches, Duration limit) throws InterruptedException {
    long end = clock.nanos() + limit.toNanos();
    List<String> behind = new ArrayList<>();
    try (ExecutorService each = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("catch-up-", 0).factory())) {
      List<? extends Cached<?>> kinds = caches.all();
      List<Future<Boolean>> answers = new ArrayList<>();
      kinds.forEach(kind -> answers.add(each.submit(() -> shows(kind, end))));
      for (int i = 0; i < answers.size(); i++) {
        if (!answers.get(i).get()) {
          behind.add(HasMetadata.getKind(kinds.get(i).kind()));
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return behind;
  }

  private boolean shows(Cached<?> cached, long end) throws InterruptedException {
    while (clock.nanos() < end) {
      try {
        MetadataClient.Listing now = client.list(type(cached.kind()), "");
        while (!cached.shows(now.items(), Long.parseLong(now.revision()))) {
          if (clock.nanos() >= end) {
            return false;
          }
          clock.sleep(BETWEEN_LOOKS);
        }
        return true;
      } catch (KubernetesClientException e) {
        LOG.warn("cannot list {} after the election, trying again: {}", HasMetadata.getFullResourceName(cached.kind()), e.getMessage());
        clock.sleep(BETWEEN_QUESTIONS);
      }
    }
    return false;
  }

  private static ResourceType type(Class<? extends HasMetadata> kind) {
    String group = HasMetadata.getGroup(kind);
    return new ResourceType(group == null ? "" : group, HasMetadata.getVersion(kind), HasMetadata.getPlural(kind),
        HasMetadata.getKind(kind), Namespaced.class.isAssignableFrom(kind), Set.of("list"));
  }
}
