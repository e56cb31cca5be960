package io.kubrig.proxy.nftables;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A table while it is being put together. */
final class TableBuilder {
  private final Family family;
  private final Map<String, NftChain> chains = new LinkedHashMap<>();
  private final Map<String, List<NftRule>> rules = new LinkedHashMap<>();
  private final Map<String, NftSet> sets = new LinkedHashMap<>();
  private final Map<String, Map<NftSet.ElementKey, NftSet.Element>> elements = new LinkedHashMap<>();

  TableBuilder(Family family) {
    this.family = family;
  }

  TableBuilder chain(NftChain chain) {
    if (chains.putIfAbsent(chain.name(), chain) == null) {
      rules.put(chain.name(), new ArrayList<>());
    }
    return this;
  }

  TableBuilder chain(String name) {
    return chain(new NftChain(name, null, "", List.of()));
  }

  TableBuilder base(String name, String type, int hook, int priority) {
    return chain(new NftChain(name, new NftChain.Hook(type, hook, priority), "", List.of()));
  }

  /** Appends a rule: matches, then what to do. */
  TableBuilder rule(String chain, List<Expression> match, Expression action) {
    return rule(chain, match, action, "");
  }

  TableBuilder rule(String chain, List<Expression> match, Expression action, String comment) {
    List<Expression> steps = new ArrayList<>(match);
    steps.add(action);
    return rule(chain, steps, comment);
  }

  /** Appends a rule whose last match also decides. */
  TableBuilder rule(String chain, List<Expression> steps, String comment) {
    rules.get(chain).add(new NftRule(steps, comment));
    return this;
  }

  TableBuilder set(NftSet set) {
    sets.put(set.name(), set);
    elements.computeIfAbsent(set.name(), _ -> new TreeMap<>());
    return this;
  }

  TableBuilder set(String name, NftSet.Key key, String comment) {
    return set(new NftSet(name, key, 0, 0, comment, new TreeMap<>()));
  }

  TableBuilder map(String name, NftSet.Key key, String comment) {
    return set(new NftSet(name, key, NftSet.MAP, 0, comment, new TreeMap<>()));
  }

  /** Adds an element. The first one with a key stays: two services cannot both have an address and port. */
  TableBuilder element(String set, NftSet.ElementKey key, Verdict verdict, String comment) {
    elements.get(set).putIfAbsent(key, new NftSet.Element(verdict, comment));
    return this;
  }

  NftTable build(String name, String comment) {
    Map<String, NftChain> filled = new LinkedHashMap<>();
    chains.forEach((chain, definition) -> filled.put(chain, definition.withRules(rules.get(chain))));
    Map<String, NftSet> full = new LinkedHashMap<>();
    sets.forEach((set, definition) -> full.put(set, definition.withElements(elements.get(set))));
    return new NftTable(family, name, comment, filled, full);
  }
}
