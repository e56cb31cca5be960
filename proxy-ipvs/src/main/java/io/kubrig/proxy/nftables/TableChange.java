package io.kubrig.proxy.nftables;

import java.util.SortedMap;

/** One step from one table to another; a list of them is applied in order, as one transaction. */
public sealed interface TableChange {
  /** Makes the table. */
  record AddTable(String comment) implements TableChange {
  }

  /** Removes the table with all it holds. */
  record DeleteTable() implements TableChange {
  }

  /** Makes a chain, without its rules. */
  record AddChain(NftChain chain) implements TableChange {
  }

  /** Removes all rules of a chain. */
  record FlushChain(String chain) implements TableChange {
  }

  /** Removes an empty chain that nothing leads to. */
  record DeleteChain(String chain) implements TableChange {
  }

  /** Appends a rule. */
  record AddRule(String chain, NftRule rule) implements TableChange {
  }

  /** Makes a set, without its elements. */
  record AddSet(NftSet set) implements TableChange {
  }

  /** Removes a set that no rule consults. */
  record DeleteSet(String set) implements TableChange {
  }

  /** Adds elements to a set. */
  record AddElements(String set, SortedMap<NftSet.ElementKey, NftSet.Element> elements) implements TableChange {
  }

  /** Removes elements of a set. */
  record DeleteElements(String set, SortedMap<NftSet.ElementKey, NftSet.Element> elements) implements TableChange {
  }
}
