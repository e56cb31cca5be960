package io.kubrig.kubelet.cri;

/** An error answer of the container runtime, or its absence. The message is the runtime's own description without the gRPC code. */
public final class CriException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What the kubelet tells apart. */
  public enum Kind {
    NOT_FOUND,
    DEADLINE,
    UNAVAILABLE,
    OTHER
  }

  private final Kind kind;
  private final String code;

  public CriException(Kind kind, String code, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.code = code;
  }

  public Kind kind() {
    return kind;
  }

  /** The message in the form that Go's gRPC errors print, which is what events and statuses carry. */
  public String rpcMessage() {
    return "rpc error: code = " + code + " desc = " + getMessage();
  }
}
