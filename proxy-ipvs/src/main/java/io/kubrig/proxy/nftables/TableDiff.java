package io.kubrig.proxy.nftables;

import io.kubrig.proxy.nftables.Expression.SetReference;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The smallest ordered list of changes that turns one table into another; pure.
 *
 * <p>Order, which the kernel depends on: what is referred to is made first, references to what goes are removed before it goes. A chain
 * whose rules differ is emptied and filled anew; packets see either all of the old or all of the new, as a transaction is atomic. Chains
 * that are no longer wanted are only emptied here: kernels before 6.2 count a removed map element's reference until after the transaction,
 * so {@link #unwantedChains} go in a later one.
 */
public final class TableDiff {
  private final NftTable from;
  private final NftTable to;
  private final List<TableChange> changes = new ArrayList<>();

  private TableDiff(NftTable from, NftTable to) {
    this.from = from;
    this.to = to;
  }

  /**
   * The changes from what is there (empty: nothing) to what is wanted. A table that cannot be changed step by step (a set or chain of
   * another kind under a name of ours) is replaced whole, still in one transaction.
   */
  public static List<TableChange> between(Optional<NftTable> observed, NftTable desired) {
    NftTable nothing = new NftTable(desired.family(), desired.name(), "", Map.of(), Map.of());
    if (observed.isEmpty()) {
      TableDiff diff = new TableDiff(nothing, desired);
      diff.changes.add(new TableChange.AddTable(desired.comment()));
      return diff.run();
    }
    if (!compatible(observed.get(), desired)) {
      TableDiff diff = new TableDiff(nothing, desired);
      diff.changes.add(new TableChange.DeleteTable());
      diff.changes.add(new TableChange.AddTable(desired.comment()));
      return diff.run();
    }
    return new TableDiff(observed.get(), desired).run();
  }

  /** Chains that are there but not wanted. */
  public static Set<String> unwantedChains(NftTable observed, NftTable desired) {
    Set<String> unwanted = new LinkedHashSet<>(observed.chains().keySet());
    unwanted.removeAll(desired.chains().keySet());
    return unwanted;
  }

  private static boolean compatible(NftTable observed, NftTable desired) {
    boolean chains = desired.chains().values().stream().allMatch(chain -> {
      NftChain there = observed.chains().get(chain.name());
      return there == null || Objects.equals(there.hook(), chain.hook());
    });
    boolean sets = desired.sets().values().stream().allMatch(set -> {
      NftSet there = observed.sets().get(set.name());
      return there == null || set.is(NftSet.DYNAMIC) || there.sameShape(set);
    });
    return chains && sets;
  }

  private List<TableChange> run() {
    Set<String> replacedSets = replacedSets();
    List<NftChain> rewritten = to.chains().values().stream().filter(chain -> mustRewrite(chain, replacedSets)).toList();
    addMissingChains();
    to.sets().values().stream().filter(set -> !from.sets().containsKey(set.name()))
        .forEach(set -> changes.add(new TableChange.AddSet(set)));
    flushChains(rewritten);
    to.sets().values().forEach(this::removeElements);
    for (String name : replacedSets) {
      changes.add(new TableChange.DeleteSet(name));
      changes.add(new TableChange.AddSet(to.sets().get(name)));
    }
    rewritten.forEach(chain -> chain.rules().forEach(rule -> changes.add(new TableChange.AddRule(chain.name(), rule))));
    to.sets().values().forEach(this::addElements);
    from.sets().keySet().stream().filter(name -> !to.sets().containsKey(name))
        .forEach(name -> changes.add(new TableChange.DeleteSet(name)));
    return changes;
  }

  private Set<String> replacedSets() {
    Set<String> replaced = new LinkedHashSet<>();
    for (NftSet set : to.sets().values()) {
      NftSet there = from.sets().get(set.name());
      if (there != null && !there.sameShape(set)) {
        replaced.add(set.name());
      }
    }
    return replaced;
  }

  private boolean mustRewrite(NftChain chain, Set<String> replacedSets) {
    NftChain there = from.chains().get(chain.name());
    return there == null ? !chain.rules().isEmpty() : !there.rules().equals(chain.rules()) || refersTo(there, replacedSets);
  }

  private static boolean refersTo(NftChain chain, Set<String> sets) {
    return !sets.isEmpty() && chain.rules().stream().flatMap(rule -> rule.expressions().stream())
        .anyMatch(expression -> switch (expression) {
      case Expression.Lookup(SetReference.Named(String name), int _, boolean _, boolean _) -> sets.contains(name);
      case Expression.Dynset dynset -> sets.contains(dynset.set());
      default -> false;
    });
  }

  private void addMissingChains() {
    for (NftChain chain : to.chains().values()) {
      if (!from.chains().containsKey(chain.name())) {
        changes.add(new TableChange.AddChain(chain));
      }
    }
  }

  private void flushChains(List<NftChain> rewritten) {
    List<String> names = new ArrayList<>(rewritten.stream().map(NftChain::name).toList());
    names.addAll(unwantedChains(from, to));
    for (String name : names) {
      NftChain there = from.chains().get(name);
      if (there != null && !there.rules().isEmpty()) {
        changes.add(new TableChange.FlushChain(name));
      }
    }
  }

  private void removeElements(NftSet set) {
    NftSet there = from.sets().get(set.name());
    if (there != null && !set.is(NftSet.DYNAMIC)) {
      SortedMap<NftSet.ElementKey, NftSet.Element> gone = difference(there, set);
      if (!gone.isEmpty()) {
        changes.add(new TableChange.DeleteElements(set.name(), gone));
      }
    }
  }

  private void addElements(NftSet set) {
    NftSet there = from.sets().get(set.name());
    SortedMap<NftSet.ElementKey, NftSet.Element> added = there == null ? set.elements() : difference(set, there);
    if (!added.isEmpty()) {
      changes.add(new TableChange.AddElements(set.name(), added));
    }
  }

  /** Elements of the first set that the second has not, or has with another meaning. */
  private static SortedMap<NftSet.ElementKey, NftSet.Element> difference(NftSet first, NftSet second) {
    SortedMap<NftSet.ElementKey, NftSet.Element> difference = new TreeMap<>();
    first.elements().forEach((key, element) -> {
      if (!element.equals(second.elements().get(key))) {
        difference.put(key, element);
      }
    });
    return difference;
  }
}
