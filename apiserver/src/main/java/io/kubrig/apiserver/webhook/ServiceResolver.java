package io.kubrig.apiserver.webhook;

import java.io.IOException;
import java.net.InetSocketAddress;

/** Turns a port of a service into an address to connect to. */
@FunctionalInterface
public interface ServiceResolver {

  /** That a service leads nowhere. The message is native's and is shown to clients. */
  final class UnresolvedException extends IOException {
    private static final long serialVersionUID = 1;

    public UnresolvedException(String message) {
      super(message);
    }
  }

  /**
   * Answers an unresolved socket address: literal addresses, or a name for services of type ExternalName.
   *
   * @throws UnresolvedException when there is no such service, or nothing behind it
   */
  InetSocketAddress resolve(String namespace, String name, int port) throws UnresolvedException;
}
