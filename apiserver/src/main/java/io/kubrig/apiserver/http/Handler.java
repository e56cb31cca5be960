package io.kubrig.apiserver.http;

import java.io.IOException;

/** What answers exchanges; called on a virtual thread of its own for each of them. */
@FunctionalInterface
public interface Handler {

  /**
   * Answers one exchange. Returning without an answer, or throwing before one has begun, makes the front answer 500; throwing later cuts
   * the answer off so that the client notices.
   */
  void handle(Exchange exchange) throws IOException;
}
