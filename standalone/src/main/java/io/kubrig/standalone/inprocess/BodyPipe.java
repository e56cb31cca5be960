package io.kubrig.standalone.inprocess;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** The body of an answer between the handler's thread, which waits, and a Fabric8 consumer, which asks for one piece at a time. */
final class BodyPipe implements AsyncBody {
  private final AsyncBody.Consumer<List<ByteBuffer>> consumer;
  private final Semaphore wanted = new Semaphore(0);
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private volatile boolean cancelled;
  private volatile Runnable onCancel = () -> {};

  BodyPipe(AsyncBody.Consumer<List<ByteBuffer>> consumer) {
    this.consumer = consumer;
  }

  void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      wanted.acquire();
      if (cancelled) {
        throw new IOException("the client has gone");
      }
      consumer.consume(List.of(ByteBuffer.wrap(bytes, offset, length)), this);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("the client could not take the answer: " + e.getMessage(), e);
    }
  }

  void end() {
    done.complete(null);
  }

  void onCancel(Runnable action) {
    onCancel = action;
  }

  @Override
  public void consume() {
    wanted.release();
  }

  @Override
  public CompletableFuture<Void> done() {
    return done;
  }

  @Override
  public void cancel() {
    cancelled = true;
    onCancel.run();
    wanted.release();
    done.cancel(false);
  }
}
