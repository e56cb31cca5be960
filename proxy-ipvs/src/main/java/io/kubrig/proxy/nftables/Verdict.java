package io.kubrig.proxy.nftables;

/**
 * What becomes of a packet.
 *
 * @param code NF_DROP 0, NF_ACCEPT 1, NFT_JUMP -3, NFT_GOTO -4, NFT_RETURN -5
 * @param chain where a jump or goto leads; empty for the others
 */
public record Verdict(int code, String chain) {
  private static final int JUMP = -3;
  private static final int GOTO = -4;

  public static final Verdict DROP = new Verdict(0, "");
  public static final Verdict ACCEPT = new Verdict(1, "");
  public static final Verdict RETURN = new Verdict(-5, "");

  public static Verdict jump(String chain) {
    return new Verdict(JUMP, chain);
  }

  public static Verdict goTo(String chain) {
    return new Verdict(GOTO, chain);
  }

  @Override
  public String toString() {
    return switch (code) {
      case 0 -> "drop";
      case 1 -> "accept";
      case JUMP -> "jump " + chain;
      case GOTO -> "goto " + chain;
      case -5 -> "return";
      default -> "verdict " + code;
    };
  }
}
