package io.kubrig.operators.rootca;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.operators.ControllerManagerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Where the root certificate comes from: {@code --root-ca-file}, or else what the kubeconfig trusts. */
public final class RootCa {
  private RootCa() {}

  /** The certificates in PEM. @throws UncheckedIOException the file cannot be read */
  public static String of(ControllerManagerOptions options, KubernetesClient client) {
    String file = options.string("root-ca-file");
    Config config = client.getConfiguration();
    if (!file.isEmpty()) {
      return read(file);
    }
    if (config.getCaCertFile() != null) {
      return read(config.getCaCertFile());
    }
    String data = config.getCaCertData();
    if (data == null) {
      return "";
    }
    return data.startsWith("-----") ? data : new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8);
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the root CA " + file, e);
    }
  }
}
