package io.kubrig.proxy.nftables;

import java.util.List;

/**
 * A chain with its rules.
 *
 * @param hook null for a regular chain, else where the kernel enters it
 * @param comment empty for none
 */
public record NftChain(String name, Hook hook, String comment, List<NftRule> rules) {
  /** A base chain's place: type filter or nat, NF_INET_* hook number, priority. The policy is accept. */
  public record Hook(String type, int number, int priority) {
    public static final int PREROUTING = 0;
    public static final int INPUT = 1;
    public static final int FORWARD = 2;
    public static final int OUTPUT = 3;
    public static final int POSTROUTING = 4;
  }

  public NftChain {
    rules = List.copyOf(rules);
  }

  public NftChain withRules(List<NftRule> replacement) {
    return new NftChain(name, hook, comment, replacement);
  }
}
