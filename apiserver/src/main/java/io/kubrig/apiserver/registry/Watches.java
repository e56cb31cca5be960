package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.negotiation.Representation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Change;
import io.kubrig.apiserver.storage.CompactedException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Snapshot;
import io.kubrig.apiserver.storage.Watcher;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Serves watches: initial state if asked for, then every change that the selection sees, with bookmarks, until the time is up, the client
 * goes, or it is too slow. (Source: apiserver/pkg/storage/cacher.)
 */
public final class Watches {
  private static final Duration BOOKMARK_PERIOD = Duration.ofMinutes(1);
  private static final Duration BEFORE_END = Duration.ofSeconds(2);

  /** Bytes of events that are put into one write. */
  private static final int MOST_AT_ONCE = 16 << 10;

  private final ObjectStore store;
  private final Lister lister;
  private final Views views;
  private final Forms forms;
  private final Clock clock;
  private final WatchCounts counts = new WatchCounts();

  public Watches(ObjectStore store, Lister lister, Views views, Forms forms, Clock clock) {
    this.store = store;
    this.lister = lister;
    this.views = views;
    this.forms = forms;
    this.clock = clock;
  }

  /** Where frames go. */
  public interface Sink {
    void frame(byte[] frame) throws IOException;

    /** Several frames that are there at once, in order. */
    default void frames(List<byte[]> frames) throws IOException {
      for (byte[] frame : frames) {
        frame(frame);
      }
    }

    /** Whether the client has gone. */
    boolean closed();

    /** Runs an action when the client goes, at once if it has gone; any thread. */
    void onClose(Runnable action);
  }

  /** A watch that has begun: its first state is decided, nothing has been sent yet. */
  public sealed interface Session extends AutoCloseable {
    /** Sends frames until the watch ends. */
    void run(Sink sink) throws IOException, InterruptedException;

    @Override
    void close();
  }

  /** A watch that cannot begin where it was asked to: all it sends is why. */
  private final class Refused implements Session {
    private final Representation how;
    private final ApiException why;

    private Refused(Representation how, ApiException why) {
      this.how = how;
      this.why = why;
    }

    @Override
    public void run(Sink sink) throws IOException {
      sink.frame(views.frame(how, "ERROR", why.status()));
    }

    @Override
    public void close() {}
  }

  private final class Live implements Session {
    private final Views.View view;
    private final Selection selection;
    private final ListOptions options;
    private final Watcher watcher;
    private final List<Entry> initial;
    private final long start;
    private final Duration timeout;
    private final Object watched;
    private final Map<String, String> encodings; // the names of those that this watch has in common with others, by type of event
    private boolean columnsSent;
    private long delivered;

    private Live(
        Views.View view, String namespace, Selection selection, ListOptions options, Watcher watcher, List<Entry> initial, long start,
        Duration timeout) {
      this.view = view;
      this.selection = selection;
      this.options = options;
      this.watcher = watcher;
      this.initial = initial;
      this.start = start;
      this.timeout = timeout;
      this.delivered = start;
      this.watched = counts.begin(view.resource(), namespace, selection.singleName().orElse(""));
      Representation how = view.representation();
      String suffix = ' ' + view.version() + ' ' + how.mediaType() + ' ' + how.projection();
      this.encodings = Map.of("ADDED", "ADDED" + suffix, "MODIFIED", "MODIFIED" + suffix, "DELETED", "DELETED" + suffix);
    }

    /** An object that cannot be shown ends the watch with an error. */
    @Override
    public void run(Sink sink) throws IOException, InterruptedException {
      try {
        deliverAll(sink);
      } catch (ApiException e) {
        sink.frame(views.frame(view.representation(), "ERROR", e.status()));
      }
    }

    private void deliverAll(Sink sink) throws IOException, InterruptedException {
      long begun = clock.nanos();
      for (Entry entry : initial) {
        sink.frame(event("ADDED", entry, Optional.empty()));
      }
      if (options.sendInitialEvents().orElse(false) && options.bookmarks()) {
        sink.frame(bookmark(start, true));
      }
      long nextBookmark = begun + firstBookmark().toNanos();
      long end = begun + timeout.toNanos();
      sink.onClose(watcher::nudge);
      for (long now = clock.nanos(); now < end && !sink.closed(); now = clock.nanos()) {
        long next = options.bookmarks() ? Math.min(nextBookmark, end) : end;
        switch (watcher.next(clock.patience(Duration.ofNanos(next - now)))) {
          case Watcher.Next.Changed changed -> deliverAll(changed.change(), sink);
          case Watcher.Next.Idle idle -> delivered = Math.max(delivered, idle.revision());
          case Watcher.Next.Overflow ignored -> {
            return;
          }
          case Watcher.Next.Closed ignored -> {
            return;
          }
        }
        if (options.bookmarks() && clock.nanos() >= nextBookmark) {
          sink.frame(bookmark(delivered, false));
          nextBookmark = clock.nanos() + BOOKMARK_PERIOD.toNanos();
        }
      }
    }

    /** The first bookmark comes early enough before the end of a short watch. */
    private Duration firstBookmark() {
      Duration beforeEnd = timeout.minus(BEFORE_END);
      return beforeEnd.compareTo(BOOKMARK_PERIOD) < 0 ? beforeEnd : BOOKMARK_PERIOD;
    }

    /** Sends a change and what else has come by now with it, so that a busy watch costs one write for many events. */
    private void deliverAll(Change first, Sink sink) throws IOException {
      List<byte[]> frames = new ArrayList<>();
      int bytes = 0;
      for (Optional<Change> change = Optional.of(first); change.isPresent(); ) {
        delivered = change.get().revision();
        Optional<byte[]> frame = frame(change.get());
        frame.ifPresent(frames::add);
        bytes += frame.map(array -> array.length).orElse(0);
        change = bytes < MOST_AT_ONCE ? watcher.poll() : Optional.empty();
      }
      if (!frames.isEmpty()) {
        sink.frames(frames);
      }
    }

    /** What the watch shows of a change; empty when that is nothing. */
    private Optional<byte[]> frame(Change change) {
      boolean before = change.before() != null && sees(change.before());
      boolean after = change.after() != null && sees(change.after());
      if (after) {
        return Optional.of(shared(change, before ? "MODIFIED" : "ADDED", change.after(), Optional.empty()));
      }
      return before ? Optional.of(shared(change, "DELETED", change.before(), Optional.of(change.revision()))) : Optional.empty();
    }

    private boolean sees(Entry entry) {
      return selection.everything() || selection.test(ObjectStore.facts(view.resource(), entry));
    }

    /** The frame of a change: one for all watchers that see it alike. */
    private byte[] shared(Change change, String type, Entry entry, Optional<Long> revision) {
      if (view.representation().projection() == Representation.Projection.TABLE) {
        return event(type, entry, revision);
      }
      return change.encoding(encodings.get(type), () -> event(type, entry, revision));
    }

    private byte[] event(String type, Entry entry, Optional<Long> revision) {
      boolean withColumns = !columnsSent;
      columnsSent = true;
      return views.event(view, type, entry, revision, withColumns);
    }

    private byte[] bookmark(long revision, boolean endOfInitialEvents) {
      Tree metadata = Tree.of("resourceVersion", Long.toString(revision));
      if (endOfInitialEvents) {
        metadata.set("annotations", Tree.of("k8s.io/initial-events-end", "true"));
      }
      Tree object = Tree.of("kind", view.resource().kind(), "apiVersion", view.resource().apiVersion(view.version()), "metadata", metadata);
      forms.empty(view.resource(), view.version()).forEach(object::add);
      return views.frame(view.representation(), "BOOKMARK", projectedBookmark(object));
    }

    private Tree projectedBookmark(Tree object) {
      return switch (view.representation().projection()) {
        case OBJECT -> object;
        case METADATA, METADATA_LIST ->
            io.kubrig.apiserver.negotiation.Projections.metadata(object, view.representation().projectionApiVersion());
        case TABLE -> views.bookmarkTable(view, object, !columnsSent);
      };
    }

    @Override
    public void close() {
      watcher.close();
      counts.end(watched);
    }
  }

  /** How many watches would see a change: of all objects, of those of the namespace, of the one object. Names may be "". */
  public int interested(String group, String plural, String namespace, String name) {
    return counts.interested(group, plural, namespace, name);
  }

  /** Decides where a watch begins. Fails with the Status that a client gets instead of a stream when the version is none. */
  public Session open(Views.View view, String namespace, ListOptions options, Selection selection, Duration timeout) {
    Resource resource = view.resource();
    long revision = watchRevision(options);
    boolean initialWanted = options.sendInitialEvents().orElse(revision == 0);
    try {
      if (!initialWanted) {
        long from = revision == 0 ? lister.newest().revision() : revision;
        return session(view, namespace, selection, options, List.of(), from, timeout);
      }
      Snapshot snapshot = options.resourceVersion().isEmpty() ? lister.newest() : lister.atLeast(revision);
      Lister.Page page = lister.list(resource, namespace, selection, snapshot);
      return session(view, namespace, selection, options, page.entries(), snapshot.revision(), timeout);
    } catch (CompactedException e) {
      String why = "too old resource version: " + revision + " (" + e.oldest() + ")";
      return new Refused(view.representation(), ApiException.expired(why));
    } catch (ApiException e) {
      return new Refused(view.representation(), e);
    }
  }

  private Session session(
      Views.View view, String namespace, Selection selection, ListOptions options, List<Entry> initial, long from, Duration timeout)
      throws CompactedException {
    Watcher watcher = store.storage().keyspace().watch(view.resource().prefix(namespace), from);
    return new Live(view, namespace, selection, options, watcher, initial, from, timeout);
  }

  /** A watch answers another error than a list for a version that is no number. */
  private static long watchRevision(ListOptions options) {
    try {
      return options.resourceVersion().isEmpty() ? 0 : Long.parseUnsignedLong(options.resourceVersion());
    } catch (NumberFormatException e) {
      throw new ApiException(500, "", ListOptions.versionError(options.resourceVersion()), Tree.empty());
    }
  }
}
