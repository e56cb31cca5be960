package io.kubrig.proxy.nftables;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A whole table: chains and named sets by name, in order of creation. */
public record NftTable(Family family, String name, String comment, Map<String, NftChain> chains, Map<String, NftSet> sets) {
  public NftTable {
    chains = Collections.unmodifiableMap(new LinkedHashMap<>(chains));
    sets = Collections.unmodifiableMap(new LinkedHashMap<>(sets));
  }
}
