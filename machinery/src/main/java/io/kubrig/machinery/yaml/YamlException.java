package io.kubrig.machinery.yaml;

/** Text that is not YAML, cannot be expressed in JSON, or exceeds a limit. The message has the form of sigs.k8s.io/yaml. */
public final class YamlException extends RuntimeException {
  public YamlException(String message) {
    super(message, null, false, false);
  }
}
