package io.kubrig.machinery.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Reads single fields of a kubeconfig that {@link Kubeconfig} wrote; any other file simply lacks them and is then written anew. */
final class KubeconfigFields {
  private KubeconfigFields() {}

  /** The value of the first line {@code key: value}; empty when there is none. */
  static String first(Path file, String key) {
    try {
      String prefix = key + ": ";
      return Files.readString(file).lines().map(String::strip).filter(line -> line.startsWith(prefix)).findFirst()
          .map(line -> line.substring(prefix.length())).orElse("");
    } catch (IOException e) {
      throw new PkiException("open " + file + ": " + e.getMessage(), e);
    }
  }

  static String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
    } catch (IllegalArgumentException e) {
      return ""; // not written by us: the caller writes it anew
    }
  }
}
