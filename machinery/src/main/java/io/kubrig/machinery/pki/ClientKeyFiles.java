package io.kubrig.machinery.pki;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client certificate and key that a kubeconfig names as files, read again when they have changed. Connections that were made with the
 * ones before are then ended, so that the server gets to see the new ones. Files that cannot be read leave what was read before.
 */
public final class ClientKeyFiles extends ChangingKey {
  private static final Logger LOG = LoggerFactory.getLogger(ClientKeyFiles.class);

  private final Pair files;
  private final Set<Socket> connections = Collections.newSetFromMap(new WeakHashMap<>()); // guarded by itself

  /** @throws PkiException when the files cannot be read */
  public ClientKeyFiles(Path certificate, Path key) {
    this(new Pair(certificate, key));
  }

  private ClientKeyFiles(Pair files) {
    super(files);
    this.files = files;
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    refresh();
    if (socket != null) {
      synchronized (connections) {
        connections.add(socket);
      }
    }
    return super.chooseClientAlias(types, issuers, socket);
  }

  /** Looks whether the files have changed; when they have, ends the connections of before. Cheap enough for every request. */
  public void refresh() {
    if (!files.refresh()) {
      return;
    }
    List<Socket> old;
    synchronized (connections) {
      old = new ArrayList<>(connections);
      connections.clear();
    }
    LOG.info("Certificate rotation detected, shutting down client connections to start using new credentials");
    old.forEach(ClientKeyFiles::end);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("closing a connection: {}", e.toString());
    }
  }

  /** The pair in two files, which may be one. */
  private static final class Pair implements Supplier<Optional<KeyAndCertificate>> {
    private final Path certificate;
    private final Path key;
    private List<Object> version; // of the files that were read last, guarded by this
    private volatile KeyAndCertificate pair; // written under the lock, read by every handshake

    Pair(Path certificate, Path key) {
      this.certificate = certificate;
      this.key = key;
      this.version = version();
      this.pair = read();
    }

    private KeyAndCertificate read() {
      return new KeyAndCertificate(PemFiles.privateKey(key), PemFiles.certificates(certificate));
    }

    private List<Object> version() {
      return List.of(modified(certificate), modified(key));
    }

    /** Where a file leads to and when that was written. */
    private static List<Object> modified(Path file) {
      try {
        return List.of(file.toRealPath(), Files.getLastModifiedTime(file));
      } catch (IOException e) {
        return List.of(file, FileTime.fromMillis(0)); // not there just now: the read tells
      }
    }

    /** Reads the files when they have changed; returns whether the pair is another one now. */
    synchronized boolean refresh() {
      List<Object> seen = version();
      if (seen.equals(version)) {
        return false;
      }
      try {
        KeyAndCertificate next = read();
        version = seen;
        boolean changed = !next.certificate().equals(pair.certificate());
        pair = next;
        return changed;
      } catch (PkiException e) {
        LOG.warn("The client certificate stays what it was: {}", e.getMessage());
        version = seen;
        return false;
      }
    }

    @Override
    public Optional<KeyAndCertificate> get() {
      return Optional.of(pair);
    }
  }
}
