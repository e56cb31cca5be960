package io.kubrig.proxy.nftables;

import java.util.List;

/** A rule: its expressions in order, and a comment, empty for none. */
public record NftRule(List<Expression> expressions, String comment) {
  public NftRule {
    expressions = List.copyOf(expressions);
  }
}
