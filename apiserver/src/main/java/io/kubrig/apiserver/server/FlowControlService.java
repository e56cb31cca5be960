package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.flowcontrol.PriorityAndFairness;
import io.kubrig.apiserver.flowcontrol.Work;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Ownership;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.Writer;
import io.kubrig.apiserver.rest.Registry;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Snapshot;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps priority and fairness in step with its stored objects: tells it of every change, says on each FlowSchema whether its level exists,
 * and makes the bootstrap objects again that somebody deleted. (Source: apiserver/pkg/util/flowcontrol/apf_controller.go.)
 */
final class FlowControlService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlowControlService.class);
  private static final String GROUP = "flowcontrol.apiserver.k8s.io";
  private static final String SCHEMAS = "flowschemas";
  private static final String LEVELS = "prioritylevelconfigurations";
  private static final Duration ENSURE_PERIOD = Duration.ofMinutes(1);
  private static final Duration LENDING_PERIOD = Duration.ofSeconds(10);
  private static final long BYTES_PER_SEAT = 100_000;
  private static final long MOST_BYTES_AT_ONCE = 1_000_000;
  private static final int SAMPLE = 50;
  private static final int MOST_SEATS = 10;
  private static final Set<String> MUTATING = Set.of("create", "update", "patch", "delete");
  private static final int WATCHERS_PER_SEAT = 10;

  /** How long the watchers that share a seat are busy with an event. */
  private static final Duration EVENT = Duration.ofMillis(5);
  private static final Operation.Options AS_CONSUMER =
      new Operation.Options(false, "api-priority-and-fairness-config-consumer-v1", true, Operation.FieldValidation.IGNORE);
  private static final UserInfo SELF = UserInfo.of("system:apiserver", "system:masters", "system:authenticated");

  private final PriorityAndFairness control;
  private final Registry registry;
  private final Ownership ownership;
  private final Clock clock;
  private final Semaphore changed = new Semaphore(0);
  private volatile boolean touched = true; // an object, since the bootstrap objects were looked at
  private Thread writer;
  private Clock.Timer ensuring;
  private Clock.Timer lending;

  FlowControlService(PriorityAndFairness control, Registry registry, Ownership ownership, Clock clock) {
    this.control = control;
    this.registry = registry;
    this.ownership = ownership;
    this.clock = clock;
  }

  /**
   * What a request is expected to cost: lists by their size, writes by the watchers that are told of them. (Source:
   * apiserver/pkg/util/flowcontrol/request.)
   */
  static Work work(Registry registry, RequestInfo info, Query query) {
    return MUTATING.contains(info.verb()) ? ofWrite(registry, info) : Work.of(width(registry, info, query));
  }

  /** Nothing is counted for a few watchers. */
  private static Work ofWrite(Registry registry, RequestInfo info) {
    if (info.resourceName().equals("serviceaccounts") && info.subresource().equals("token")) {
      return Work.ONE; // nothing is changed
    }
    int watchers = registry.watches().interested(info.group(), info.resourceName(), info.namespace(), info.name());
    return watchers < WATCHERS_PER_SEAT ? Work.ONE : new Work(Math.ceilDiv(watchers, WATCHERS_PER_SEAT), EVENT);
  }

  /**
   * How many seats a request takes: a list, or a watch that begins with one, the more, the more bytes it brings together. (Source:
   * apiserver/pkg/util/flowcontrol/request/list_work_estimator.go, for lists from memory.)
   */
  static int width(Registry registry, RequestInfo info, Query query) {
    boolean lists = info.verb().equals("list") || info.verb().equals("watch") && beginsWithList(query);
    if (!lists || !info.name().isEmpty()) {
      return 1;
    }
    Optional<Resource> resource = registry.catalog().resource(info.group(), info.resourceName());
    if (resource.isEmpty()) {
      return 1;
    }
    String prefix = resource.get().prefix("");
    Snapshot snapshot = registry.store().storage().keyspace().current();
    long objects = snapshot.count(prefix, prefix);
    long limit = limit(query.value("limit"));
    long bytes = (limit > 0 ? Math.min(objects, limit) : objects) * averageSize(snapshot, prefix);
    return Math.clamp(Math.ceilDiv(Math.min(bytes, MOST_BYTES_AT_ONCE), BYTES_PER_SEAT), 1, MOST_SEATS);
  }

  private static boolean beginsWithList(Query query) {
    String version = query.value("resourceVersion");
    return query.flag("sendInitialEvents") || version.isEmpty() || version.equals("0");
  }

  /** Of the first objects: they are much alike. */
  private static long averageSize(Snapshot snapshot, String prefix) {
    long[] sum = new long[2];
    snapshot.scan(prefix, prefix, entry -> {
      sum[0]++;
      sum[1] += entry.size();
      return sum[0] < SAMPLE;
    });
    return sum[0] == 0 ? 0 : Math.ceilDiv(sum[1], sum[0]);
  }

  private static long limit(String text) {
    try {
      return text.isEmpty() ? 0 : Math.min(Long.parseLong(text), Integer.MAX_VALUE);
    } catch (NumberFormatException e) {
      return 0; // the request will be refused for it
    }
  }

  /** @param bootstrap makes the objects that are always there */
  void start(ObjectReader objects, Runnable bootstrap) {
    objects.follow(GROUP, LEVELS, follower(control::putLevel, control::removeLevel));
    objects.follow(GROUP, SCHEMAS, follower(control::putSchema, control::removeSchema));
    writer = Thread.ofVirtual().name("flowschema-status").start(() -> run(objects));
    ensuring = clock.every(ENSURE_PERIOD, () -> ensure(bootstrap));
    lending = clock.every(LENDING_PERIOD, control::lend);
  }

  /** Objects that have not changed since they were made are as they should be. */
  private void ensure(Runnable bootstrap) {
    if (!touched) {
      return;
    }
    touched = false;
    try {
      bootstrap.run();
    } catch (ApiException e) {
      touched = true;
      LOG.warn("The bootstrap objects of flow control could not be made again: {}", e.getMessage());
    }
  }

  private ObjectReader.Follower follower(Consumer<Tree> put, Consumer<Tree> removed) {
    return new ObjectReader.Follower() {
      @Override
      public void put(Tree object) {
        put.accept(object);
        touched = true;
        changed.release();
      }

      @Override
      public void removed(Tree object) {
        removed.accept(object);
        touched = true;
        changed.release();
      }
    };
  }

  // ---- the condition Dangling ----------------------------------------------------------------------------------------

  private void run(ObjectReader objects) {
    try {
      while (true) {
        changed.acquire();
        changed.drainPermits();
        objects.list(GROUP, SCHEMAS, "").forEach(this::report);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(Tree schema) {
    String level = schema.tree("spec").tree("priorityLevelConfiguration").string("name");
    boolean found = control.hasLevel(level);
    String begin = "This FlowSchema references the PriorityLevelConfiguration object named \"" + level + "\" ";
    String status = found ? "False" : "True";
    String message = begin + (found ? "and it exists" : "but there is no such object");
    boolean said =
        schema.tree("status").trees("conditions").stream()
            .anyMatch(
                condition ->
                    condition.string("type").equals("Dangling") && condition.string("status").equals(status)
                        && condition.string("message").equals(message));
    if (!said) {
      Tree condition =
          Tree.of(
              "type", "Dangling", "status", status, "lastTransitionTime", Timestamps.format(clock.now()), "reason", found ? "Found"
                  : "NotFound", "message", message);
      apply(schema.tree("metadata").string("name"), condition);
    }
  }

  private void apply(String name, Tree condition) {
    Resource resource = registry.catalog().resource(GROUP, SCHEMAS).orElseThrow();
    Operation operation = new Operation(Operation.Verb.UPDATE, resource, "v1", "status", "", name, SELF, AS_CONSUMER, clock.now());
    Lens lens = registry.lens(resource, "status");
    Tree intent =
        Tree.of(
            "kind", "FlowSchema", "apiVersion", GROUP + "/v1", "metadata", Tree.of("name", name), "status",
            Tree.of("conditions", new ArrayList<Object>(List.of(condition))));
    Writer.Change change =
        current -> registry.forms()
            .normalise(resource.schema("v1").orElseThrow(), false, ownership.applied(operation, current, intent.copy(), lens));
    Writer.Update update =
        new Writer.Update(ownership.owned(operation, lens), change, false, true, true, false,
            Tree.of("kind", "PatchOptions", "apiVersion", "meta.k8s.io/v1"));
    try {
      registry.writer().update(operation, update);
    } catch (ApiException e) {
      if (e.code() != 404) {
        LOG.warn("The status of the FlowSchema {} could not be written; its next change brings it back: {}", name, e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.interrupt();
      ensuring.cancel();
      lending.cancel();
    }
  }
}
