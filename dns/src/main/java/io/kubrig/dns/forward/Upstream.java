package io.kubrig.dns.forward;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** One exchange with a resolver: what goes over the wire. */
public interface Upstream {

  /**
   * Sends a query and waits for the answer with the same number.
   *
   * @param tcp whether to use TCP, for answers that do not fit UDP
   * @throws IOException when no answer came in time
   */
  byte[] exchange(InetSocketAddress server, byte[] query, boolean tcp, Duration timeout) throws IOException;
}
