package io.kubrig.machinery.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.EncodedKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys and certificates as PEM (RFC 7468): text, and files that appear whole or not at all. */
public final class PemFiles {
  private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});
  private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
  private static final byte[] EC_ALGORITHM = Der.sequence(Der.oid("1.2.840.10045.2.1"), Der.oid("1.2.840.10045.3.1.7"));
  private static final byte[] RSA_ALGORITHM = Der.sequence(Der.oid("1.2.840.113549.1.1.1"), Der.NULL);
  private static final byte[] VERSION_0 = Der.integer(BigInteger.ZERO);

  private PemFiles() {}

  /** A certificate chain as text. */
  public static String text(List<X509Certificate> chain) {
    StringBuilder out = new StringBuilder();
    try {
      for (X509Certificate certificate : chain) {
        out.append(block("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (CertificateException e) {
      throw new IllegalStateException("a certificate has no encoding", e);
    }
    return out.toString();
  }

  /** A key as text: RSA private keys in the form of PKCS #1, which the oldest clients read, all others in that of PKCS #8. */
  public static String text(Key key) {
    return switch (key) {
      case RSAPrivateCrtKey rsa -> block("RSA PRIVATE KEY", pkcs1(rsa));
      case PrivateKey other -> block("PRIVATE KEY", other.getEncoded());
      default -> block("PUBLIC KEY", key.getEncoded());
    };
  }

  private static byte[] pkcs1(RSAPrivateCrtKey key) {
    return Der.sequence(
        VERSION_0,
        Der.integer(key.getModulus()),
        Der.integer(key.getPublicExponent()),
        Der.integer(key.getPrivateExponent()),
        Der.integer(key.getPrimeP()),
        Der.integer(key.getPrimeQ()),
        Der.integer(key.getPrimeExponentP()),
        Der.integer(key.getPrimeExponentQ()),
        Der.integer(key.getCrtCoefficient()));
  }

  static String block(String label, byte[] content) {
    return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(content) + "\n-----END " + label + "-----\n";
  }

  /**
   * The certificates in a file, in order.
   *
   * @throws PkiException when the file cannot be read or holds none
   */
  public static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> certificates = certificates(read(file), file.toString());
    if (certificates.isEmpty()) {
      throw new PkiException(file + ": data does not contain any valid RSA or ECDSA certificates");
    }
    return certificates;
  }

  /** The certificates in a text; {@code origin} names it in errors. */
  public static List<X509Certificate> certificates(String text, String origin) {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Block block : blocks(text, origin)) {
        if (block.label.equals("CERTIFICATE")) {
          certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content)));
        }
      }
    } catch (CertificateException e) {
      throw new PkiException(origin + ": a certificate cannot be read: " + e.getMessage(), e);
    }
    return List.copyOf(certificates);
  }

  /**
   * The first private key in a file: PKCS #8, PKCS #1 or SEC 1.
   *
   * @throws PkiException when the file cannot be read or holds none
   */
  public static PrivateKey privateKey(Path file) {
    return privateKey(read(file), file.toString());
  }

  /**
   * The first private key in a text.
   *
   * @param origin names the text in errors
   */
  public static PrivateKey privateKey(String text, String origin) {
    Path file = Path.of(origin);
    for (Block block : blocks(text, origin)) {
      switch (block.label) {
        case "PRIVATE KEY" -> {
          return privateKey(block.content, file);
        }
        case "RSA PRIVATE KEY" -> {
          return privateKey(Der.sequence(VERSION_0, RSA_ALGORITHM, Der.octets(block.content)), file);
        }
        case "EC PRIVATE KEY" -> {
          return privateKey(Der.sequence(VERSION_0, EC_ALGORITHM, Der.octets(block.content)), file);
        }
        default -> {
          // parameters and certificates may stand before the key
        }
      }
    }
    throw new PkiException(file + ": data does not contain a valid RSA or ECDSA private key");
  }

  private static PrivateKey privateKey(byte[] pkcs8, Path file) {
    return (PrivateKey) key(new PKCS8EncodedKeySpec(pkcs8), file, true);
  }

  /** Every public key in a file; a private key or certificate stands for its public half where it names it. */
  public static List<PublicKey> publicKeys(Path file) {
    List<PublicKey> keys = new ArrayList<>();
    for (Block block : blocks(read(file), file.toString())) {
      if (block.label.equals("PUBLIC KEY")) {
        keys.add((PublicKey) key(new X509EncodedKeySpec(block.content), file, false));
      }
    }
    certificates(read(file), file.toString()).forEach(certificate -> keys.add(certificate.getPublicKey()));
    if (keys.isEmpty()) {
      throw new PkiException(file + ": data does not contain any valid RSA or ECDSA public keys");
    }
    return List.copyOf(keys);
  }

  private static Key key(EncodedKeySpec spec, Path file, boolean secret) {
    for (String algorithm : List.of("EC", "RSA")) {
      try {
        KeyFactory factory = KeyFactory.getInstance(algorithm);
        return secret ? factory.generatePrivate(spec) : factory.generatePublic(spec);
      } catch (InvalidKeySpecException e) {
        continue; // the other algorithm is tried, and the end of the loop reports
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the JDK offers no " + algorithm + " keys", e);
      }
    }
    throw new PkiException(file + ": the key is neither an RSA nor an ECDSA key on P-256");
  }

  private static List<Block> blocks(String text, String origin) {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      try {
        blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2).strip())));
      } catch (IllegalArgumentException e) {
        throw new PkiException(origin + ": a PEM block is not base64", e);
      }
    }
    return blocks;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new PkiException("open " + file + ": " + reason(e), e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException ? "no such file or directory" : String.valueOf(e.getMessage());
  }

  /** Writes a file that only its owner reads, at once and whole. */
  public static void write(Path file, String text) {
    try {
      Path draft = file.resolveSibling(file.getFileName() + ".new");
      Files.deleteIfExists(draft);
      Files.createFile(draft, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      Files.writeString(draft, text);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** Makes a directory, with its parents, that only its owner enters. */
  public static void directory(Path directory) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the directory " + directory + ": " + e.getMessage(), e);
    }
  }

  private record Block(String label, byte[] content) {}
}
