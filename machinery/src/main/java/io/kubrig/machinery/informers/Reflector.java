package io.kubrig.machinery.informers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.kubrig.machinery.clock.Activity;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for all objects of a kind and from there on for every change, until closed. (Source: client-go's reflector, 1.36; KEP-3157.)
 *
 * <ul>
 *   <li>The first state comes with the watch itself; a server that does not do that is asked for a list, in pages.
 *   <li>A watch that ends is asked for again from the revision that it had reached. A revision that the server no longer knows means the
 *       first state anew.
 *   <li>What is tried again after a failure waits first, see {@link Pauses}, and at least as long as the server asks for.
 * </ul>
 *
 * <p>The thread of a reflector waits; events are told by the thread that reads the answer, while no other of the same reflector does.
 */
final class Reflector<T extends HasMetadata> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reflector.class);
  private static final Duration SHORTEST_WATCH = Duration.ofMinutes(5); // the longest is twice that
  private static final Duration VERY_SHORT = Duration.ofSeconds(1);
  private static final int PAGE = 500;

  private final HttpClient http;
  private final String collection;
  private final Events<T> events;
  private final Keeper<T> keeper;
  private final Clock clock;
  private final Manner manner;
  private final Pauses pauses;
  private final Thread thread;
  private final AtomicReference<Activity.Work> work = new AtomicReference<>(Activity.Work.NOTHING);
  private volatile String revision = ""; // written by who tells, read when that has ended
  private volatile boolean revisionUnknown; // to the server, as it said

  /** Keeps what a reflector tells. */
  interface Keeper<T> {
    /** These are all objects there are. */
    void replace(List<T> all, String revision);

    /** An object has come or changed. */
    void shown(T object, String revision);

    /** An object has gone. @param object its last state */
    void gone(T object, String revision);

    /** Nothing else has changed until a revision. */
    void reached(String revision);

    /** Nothing more is told. */
    void ended();
  }

  /** What is done next. */
  private enum Next { AGAIN, LATER, LIST, ANEW }

  /** @param collection the address of all objects of the kind */
  Reflector(HttpClient http, String collection, Events<T> events, Keeper<T> keeper, Manner manner) {
    this.http = http;
    this.collection = collection;
    this.events = events;
    this.keeper = keeper;
    this.clock = manner.clock();
    this.manner = manner;
    this.pauses = new Pauses(clock, manner.random());
    this.thread = Thread.ofVirtual().name("reflector " + collection).unstarted(this::run);
  }

  void start() {
    hold("first state of " + collection);
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        try {
          listAndWatch();
        } catch (RuntimeException e) { // what nobody foresaw must not leave a cache behind for ever
          LOG.error("{} could not be followed, trying again", collection, e);
        }
        pause(Optional.empty());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    } finally {
      release();
      keeper.ended();
    }
  }

  /** The first state and what changes it, until only a new beginning helps. */
  private void listAndWatch() throws InterruptedException {
    boolean current = false;
    if (!manner.watchLists()) {
      if (!list()) {
        return;
      }
      current = true;
    }
    while (true) {
      Talk talk = new Talk(!current);
      Exchange.End end = new Exchange<>(http, watchUri(!current), events, talk).await();
      current |= talk.current;
      switch (current ? afterWatch(end, talk) : afterFirstState(end, talk)) {
        case AGAIN -> hold("watch of " + collection);
        case LATER -> pause(retryAfter(end));
        case LIST -> {
          if (!list()) {
            return;
          }
          current = true;
        }
        case ANEW -> {
          return;
        }
      }
    }
  }

  private Next afterFirstState(Exchange.End end, Talk talk) {
    return switch (end) {
      case Exchange.End.Unreached(String why) -> unreached(why);
      case Exchange.End.Over ignored -> talk.veryShort() ? Next.LIST : Next.AGAIN;
      case Exchange.End.Refused(Refusal why) -> noFirstState(why);
      case Exchange.End.Failed(Refusal why) -> noFirstState(why);
    };
  }

  private Next noFirstState(Refusal why) {
    if (why.busy()) {
      return Next.LATER;
    }
    if ((why.expired() || why.tooLarge()) && !revisionUnknown) {
      revisionUnknown = true;
      return Next.AGAIN;
    }
    LOG.debug("{} gives no first state with a watch, a list is asked for: {}", collection, why.message());
    return Next.LIST;
  }

  private Next afterWatch(Exchange.End end, Talk talk) {
    return switch (end) {
      case Exchange.End.Unreached(String why) -> unreached(why);
      case Exchange.End.Over ignored -> talk.veryShort() ? Next.ANEW : Next.AGAIN;
      case Exchange.End.Refused(Refusal why) -> noMore(why);
      case Exchange.End.Failed(Refusal why) -> noMore(why);
    };
  }

  private Next noMore(Refusal why) {
    if (why.busy()) {
      LOG.debug("The watch of {} is put off: {}", collection, why.message());
      return Next.LATER;
    }
    if (why.expired()) {
      LOG.debug("The watch of {} was closed: {}", collection, why.message());
    } else {
      LOG.warn("The watch of {} ended with an error: {}", collection, why.message());
    }
    return Next.ANEW;
  }

  private Next unreached(String why) {
    LOG.debug("{} cannot be reached: {}", collection, why);
    return Next.LATER;
  }

  private static Optional<Duration> retryAfter(Exchange.End end) {
    return switch (end) {
      case Exchange.End.Refused(Refusal why) -> why.retryAfter();
      case Exchange.End.Failed(Refusal why) -> why.retryAfter();
      case Exchange.End.Unreached ignored -> Optional.empty();
      case Exchange.End.Over ignored -> Optional.empty();
    };
  }

  private void pause(Optional<Duration> atLeast) throws InterruptedException {
    Duration own = pauses.next();
    release();
    clock.sleep(atLeast.filter(asked -> asked.compareTo(own) > 0).orElse(own));
    hold("watch of " + collection);
  }

  private String watchUri(boolean firstState) {
    long seconds = SHORTEST_WATCH.toSeconds() + (long) (manner.random().nextDouble() * SHORTEST_WATCH.toSeconds());
    String from = firstState && revisionUnknown ? "" : revision;
    return collection + "?watch=true&allowWatchBookmarks=true&timeoutSeconds=" + seconds + "&resourceVersion=" + from
        + (firstState ? "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan" : "");
  }

  private void hold(String what) {
    work.getAndSet(clock.activity().begin(what)).close();
  }

  private void release() {
    work.getAndSet(Activity.Work.NOTHING).close();
  }

  private void current(List<T> all, String at) {
    revisionUnknown = false;
    revision = at;
    keeper.replace(all, at);
  }

  // ---- list ----------------------------------------------------------------------------------------------------------

  /** Asks for a list; false when there is none. */
  private boolean list() throws InterruptedException {
    String from = revisionUnknown ? "" : revision.isEmpty() ? "0" : revision;
    boolean inPages = from.isEmpty() || from.equals("0"); // others come from a cache, which knows no pages
    Optional<Refusal> refused = list(from, inPages);
    if (refused.filter(why -> why.expired() || why.tooLarge()).isPresent()) {
      revisionUnknown = true;
      refused = list("", false);
    }
    refused.ifPresent(why -> LOG.warn("failed to list {}: {}", collection, why.message()));
    return refused.isEmpty();
  }

  private Optional<Refusal> list(String from, boolean inPages) throws InterruptedException {
    List<T> all = new ArrayList<>();
    String next = "";
    try {
      do {
        String uri = collection + "?" + (inPages ? "limit=" + PAGE + "&" : "")
            + (next.isEmpty() ? "resourceVersion=" + from : "continue=" + HttpRequest.formURLEncode(next));
        HttpResponse<byte[]> response = http.sendAsync(
            http.newHttpRequestBuilder().uri(uri).header("Accept", "application/json").build(), byte[].class).get();
        byte[] body = response.body() == null ? new byte[0] : response.body();
        if (!response.isSuccessful()) {
          return Optional.of(Refusal.of(events.status(body), response.code(), Exchange.retryAfter(response)));
        }
        Events.Page<T> page = events.page(body);
        all.addAll(page.items());
        next = page.next();
        if (next.isEmpty()) {
          current(all, page.revision());
        }
      } while (!next.isEmpty());
      return Optional.empty();
    } catch (ExecutionException e) {
      return Optional.of(broken(e.getCause()));
    } catch (IOException e) {
      return Optional.of(broken(e));
    }
  }

  private static Refusal broken(Throwable why) {
    return new Refusal(500, "", String.valueOf(why.getMessage()), false, Optional.empty());
  }

  // ---- watch ---------------------------------------------------------------------------------------------------------

  /** What is heard during one exchange. Its fields are those of the thread that reads, and free when the exchange has ended. */
  private final class Talk implements Exchange.Listener<T> {
    private final long beganNanos = clock.nanos();
    private final Map<String, T> firstState = new LinkedHashMap<>();
    private boolean current; // the first state is complete, or was not asked for
    private boolean heard;

    Talk(boolean firstState) {
      this.current = !firstState;
    }

    boolean veryShort() {
      return !heard && clock.nanos() - beganNanos < VERY_SHORT.toNanos();
    }

    @Override
    public void begun() {
      if (current) {
        release();
      }
    }

    @Override
    public void ended() {
      hold("what follows the watch of " + collection);
    }

    @Override
    public void event(Event<T> event) {
      heard = true;
      if (current) {
        tell(event);
      } else {
        collect(event);
      }
    }

    private void collect(Event<T> event) {
      switch (event) {
        case Event.Shown<T>(T object, boolean added) -> firstState.put(key(object), object);
        case Event.Gone<T>(T object) -> firstState.remove(key(object));
        case Event.Bookmark<T>(String at, boolean initialEnd) -> {
          if (initialEnd) {
            current(List.copyOf(firstState.values()), at);
            firstState.clear();
            current = true;
            release();
          }
        }
        case Event.Failed<T> ignored -> { } // ends the exchange
        case Event.Unknown<T>(String type) -> unknown(type);
      }
    }

    private void tell(Event<T> event) {
      switch (event) {
        case Event.Shown<T>(T object, boolean added) -> {
          revision = object.getMetadata().getResourceVersion();
          keeper.shown(object, revision);
        }
        case Event.Gone<T>(T object) -> {
          revision = object.getMetadata().getResourceVersion();
          keeper.gone(object, revision);
        }
        case Event.Bookmark<T>(String at, boolean initialEnd) -> {
          revision = at;
          keeper.reached(at);
        }
        case Event.Failed<T> ignored -> { } // ends the exchange
        case Event.Unknown<T>(String type) -> unknown(type);
      }
    }

    private void unknown(String type) {
      LOG.error("The watch of {} sent an event of the unknown type {}", collection, type);
    }

    private String key(T object) {
      String namespace = object.getMetadata().getNamespace();
      return namespace == null ? object.getMetadata().getName() : namespace + "/" + object.getMetadata().getName();
    }
  }
}
