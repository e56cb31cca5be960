package io.kubrig.kubelet.certificate;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Certificates with their keys in files {@code NAME-TIME.pem} of one directory; the link {@code NAME-current.pem} leads to the one in use,
 * so that a change is seen at once and whole.
 */
public final class CertificateStore {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd-HH-mm-ss").withZone(ZoneOffset.UTC);

  private final String name;
  private final Path directory;
  private final Clock clock;

  /** @param name such as {@code kubelet-client} */
  public CertificateStore(String name, Path directory, Clock clock) {
    this.name = name;
    this.directory = directory.toAbsolutePath();
    this.clock = clock;
  }

  /** The file that always is the one in use. */
  public Path currentFile() {
    return directory.resolve(name + "-current.pem");
  }

  /**
   * The pair in use; empty when there is none.
   *
   * @throws PkiException when there is one that cannot be read
   */
  public Optional<KeyAndCertificate> current() {
    Path file = currentFile();
    return Files.exists(file) ? Optional.of(new KeyAndCertificate(PemFiles.privateKey(file), PemFiles.certificates(file)))
        : Optional.empty();
  }

  /**
   * Keeps a pair and makes it the one in use.
   *
   * @throws PkiException when it cannot be written
   */
  public void update(KeyAndCertificate pair) {
    PemFiles.directory(directory);
    Path file = directory.resolve(name + "-" + TIME.format(clock.now()) + ".pem");
    PemFiles.write(file, PemFiles.text(pair.chain()) + PemFiles.text(pair.key()));
    Path next = directory.resolve(name + "-updated.pem");
    try {
      Files.deleteIfExists(next);
      Files.createSymbolicLink(next, file);
      if (Files.exists(currentFile(), LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(currentFile())) {
        throw new PkiException(currentFile() + " is no symbolic link: remove it");
      }
      Files.move(next, currentFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new PkiException("cannot make " + currentFile() + ": " + e.getMessage(), e);
    }
  }
}
