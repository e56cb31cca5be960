package io.kubrig.kubelet.container;

/** A container cannot be made as it is specified: the waiting reason {@code CreateContainerConfigError}. */
public final class ContainerConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ContainerConfigException(String message) {
    super(message);
  }
}
