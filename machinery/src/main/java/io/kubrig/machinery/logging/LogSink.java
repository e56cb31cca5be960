package io.kubrig.machinery.logging;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/** Where finished lines go: each in one write, never two mixed. */
final class LogSink {
  private final ReentrantLock lock = new ReentrantLock();
  private final OutputStream out;

  LogSink(OutputStream out) {
    this.out = out;
  }

  void write(byte[] line) {
    lock.lock();
    try {
      out.write(line);
      out.flush();
    } catch (IOException e) {
      // a log that cannot be written has nowhere to say so; the component goes on
    } finally {
      lock.unlock();
    }
  }
}
