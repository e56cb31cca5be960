package io.kubrig.machinery.tls;

import java.security.Provider;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.conscrypt.Conscrypt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * BoringSSL in this process, loaded when it is asked for first. Its provider is used by name only and never installed, so that
 * certificates, keys and signatures stay the runtime's own.
 *
 * <p>Conscrypt unpacks its library into a temporary directory ({@code org.conscrypt.native.workdir}, {@code java.io.tmpdir}) and removes
 * it as soon as it is loaded. There is no library for every platform, and the directory may be one where nothing can be written or run.
 */
final class BoringSsl {
  private static final Logger LOG = LoggerFactory.getLogger(TlsImplementation.class);
  private static final int KEPT_BUFFERS = 16;
  private static final LentBuffers BUFFERS = new LentBuffers(KEPT_BUFFERS);
  private static final Optional<Provider> PROVIDER = load();

  private BoringSsl() {}

  /** Empty where the library cannot be loaded, which has been said in the log then. */
  static Optional<Provider> provider() {
    return PROVIDER;
  }

  private static Optional<Provider> load() {
    try {
      Conscrypt.checkAvailability();
      return Optional.of(Conscrypt.newProviderBuilder().provideTrustManager(false).build());
    } catch (LinkageError e) {
      String directory = System.getProperty("org.conscrypt.native.workdir", System.getProperty("java.io.tmpdir"));
      LOG.info("TLS is the Java runtime's own, which takes more processor time at first: BoringSSL cannot be loaded through {}: {}",
          directory, reason(e));
      return Optional.empty();
    }
  }

  private static String reason(Throwable failure) {
    Throwable first = failure;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first == failure ? String.valueOf(failure.getMessage()) : failure.getMessage() + ": " + first.getMessage();
  }

  /** Lends an engine what direct memory it needs. */
  static void lend(SSLEngine engine) {
    if (Conscrypt.isConscrypt(engine)) {
      Conscrypt.setBufferAllocator(engine, BUFFERS);
    }
  }

  /** Gives back the native memory of an engine, which otherwise waits for a collection. */
  static void free(SSLEngine engine) {
    if (!Conscrypt.isConscrypt(engine)) {
      return;
    }
    engine.closeOutbound();
    try {
      engine.closeInbound();
    } catch (SSLException e) {
      LOG.debug("closing a connection: {}", e.toString());
    }
  }
}
