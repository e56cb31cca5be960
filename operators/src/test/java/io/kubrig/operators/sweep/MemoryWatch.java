package io.kubrig.operators.sweep;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.http.AsyncBody;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A watch of a kind by metadata: its lines are sent only when it is told to, and are read by the thread that tells it. */
final class MemoryWatch implements Lagging, AsyncBody {
  /** How often a break is an end after which the watcher goes on from where it was. */
  private static final int GOES_ON = 3;

  private final MemoryServer server;
  private final Class<? extends HasMetadata> kind;
  private final AsyncBody.Consumer<List<ByteBuffer>> reader;
  private final Ends ends;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private int position;
  private long seen;

  /** Hears of ends. */
  interface Ends {
    /** The server is about to end the watch, and the watcher will come back. */
    void ending(MemoryWatch watch);

    /** The watcher wants no more. */
    void ended(MemoryWatch watch);
  }

  MemoryWatch(MemoryServer server, Class<? extends HasMetadata> kind, long revision, AsyncBody.Consumer<List<ByteBuffer>> reader,
      Ends ends) {
    this.server = server;
    this.kind = kind;
    this.reader = reader;
    this.ends = ends;
    this.seen = revision;
    this.position = (int) server.changes(kind, 0).stream().filter(change -> change.revision() <= revision).count();
  }

  Class<? extends HasMetadata> kind() {
    return kind;
  }

  @Override
  public boolean lags() {
    return position < server.end(kind);
  }

  @Override
  public void step() {
    MemoryServer.Change change = server.changes(kind, position).getFirst();
    position++;
    seen = change.revision();
    HasMetadata shown = change.after() == null ? change.before() : change.after();
    ObjectNode event = JsonNodeFactory.instance.objectNode()
        .put("type", change.before() == null ? "ADDED" : change.after() == null ? "DELETED"
        : "MODIFIED");
    ObjectNode metadata = MemoryServer.tree(shown).withObjectProperty("metadata").put("resourceVersion", Long.toString(seen));
    event.putObject("object").set("metadata", metadata);
    send(event);
  }

  @Override
  public void relist() {
    if (seen % GOES_ON == 0) {
      ends.ending(this);
      done.complete(null);
      return;
    }
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("type", "ERROR");
    event.putObject("object").put("code", 410).put("message", "too old resource version");
    send(event);
  }

  @Override
  public void catchUp() {
    while (lags() && !done.isDone()) {
      step();
    }
  }

  @Override
  public long seen() {
    return seen;
  }

  private void send(ObjectNode event) {
    try {
      reader.consume(List.of(ByteBuffer.wrap((event + "\n").getBytes(StandardCharsets.UTF_8))), this);
    } catch (Exception e) { // as clients do that call the reader: the body fails with whatever it throws
      ends.ending(this);
      done.completeExceptionally(e);
    }
  }

  @Override
  public void consume() {}

  @Override
  public CompletableFuture<Void> done() {
    return done;
  }

  @Override
  public void cancel() {
    ends.ended(this);
  }
}
