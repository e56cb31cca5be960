package io.kubrig.apiserver.storage.etcd;

import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Asks for etcd's newest revision on behalf of many: those who come while a question is under way share the next one. */
final class NewestRevision {
  private final Question question;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition answered = lock.newCondition();
  private long asked;
  private boolean asking;
  private Round last = new Round(0, 0, null);

  @FunctionalInterface
  interface Question {
    long ask() throws IOException;
  }

  /** @param failure null when there was an answer */
  private record Round(long number, long revision, IOException failure) {}

  NewestRevision(Question question) {
    this.question = question;
  }

  /** A revision that was the newest at some time after this was called. */
  long get() throws IOException {
    lock.lock();
    try {
      long mine = asked + 1;
      while (last.number < mine) {
        if (asking) {
          answered.awaitUninterruptibly();
        } else {
          ask();
        }
      }
      if (last.failure != null) {
        throw new IOException(last.failure.getMessage(), last.failure);
      }
      return last.revision;
    } finally {
      lock.unlock();
    }
  }

  private void ask() {
    asking = true;
    long number = ++asked;
    lock.unlock();
    Round round;
    try {
      round = new Round(number, question.ask(), null);
    } catch (IOException e) {
      round = new Round(number, 0, e);
    } finally {
      lock.lock();
      asking = false;
      answered.signalAll();
    }
    last = round;
  }
}
