package io.kubrig.apiserver.flowcontrol;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;

/** Decides when a request may run, so that no client takes the server from the others. */
public interface FlowControl {

  /** Waits for room, within bounds. Long-running requests that are not watches are not limited. */
  Seat seat(UserInfo user, RequestInfo info, Query query);

  /** A request's permission to run; closed when the request has been answered. */
  interface Seat extends AutoCloseable {
    boolean admitted();

    /** For a request that was not admitted. */
    default int retryAfterSeconds() {
      return 1;
    }

    /** What the answer says of how it was classified. */
    default Headers headers() {
      return new Headers();
    }

    @Override
    void close();
  }

  /** A seat of a request that is not limited. */
  Seat FREE =
      new Seat() {
        @Override
        public boolean admitted() {
          return true;
        }

        @Override
        public void close() {}
      };

  /** A refusal. */
  Seat REFUSED =
      new Seat() {
        @Override
        public boolean admitted() {
          return false;
        }

        @Override
        public void close() {}
      };

  /** No limits. */
  static FlowControl unlimited() {
    return (user, info, query) -> FREE;
  }
}
