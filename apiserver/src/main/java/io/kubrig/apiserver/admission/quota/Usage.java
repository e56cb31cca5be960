package io.kubrig.apiserver.admission.quota;

import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Amounts by the resource names of quotas, sorted. (Source: apiserver/pkg/quota/v1.) */
final class Usage {
  private Usage() {}

  /** What an object uses more than before: never less than nothing. */
  static Map<String, Quantity> increase(Map<String, Quantity> now, Map<String, Quantity> before) {
    Map<String, Quantity> more = new TreeMap<>();
    now.forEach(
        (name, amount) -> {
          Quantity rest = before.containsKey(name) ? amount.minus(before.get(name)) : amount;
          more.put(name, rest.sign() < 0 ? Quantity.ZERO : rest);
        });
    return more;
  }

  static Map<String, Quantity> withoutZeros(Map<String, Quantity> amounts) {
    Map<String, Quantity> rest = new TreeMap<>(amounts);
    rest.values().removeIf(Quantity::isZero);
    return rest;
  }

  static Map<String, Quantity> masked(Map<String, Quantity> amounts, Collection<String> names) {
    Map<String, Quantity> rest = new TreeMap<>(amounts);
    rest.keySet().retainAll(names);
    return rest;
  }

  static Map<String, Quantity> sum(Map<String, Quantity> one, Map<String, Quantity> other) {
    Map<String, Quantity> sum = new TreeMap<>(one);
    other.forEach((name, amount) -> sum.merge(name, amount, Quantity::plus));
    return sum;
  }

  static Map<String, Quantity> difference(Map<String, Quantity> one, Map<String, Quantity> other) {
    Map<String, Quantity> rest = new TreeMap<>(one);
    other.forEach((name, amount) -> rest.computeIfPresent(name, (key, had) -> had.minus(amount)));
    return rest;
  }

  /** Those whose amount is above the bound; what has no bound is not. */
  static TreeSet<String> above(Map<String, Quantity> amounts, Map<String, Quantity> bounds) {
    TreeSet<String> names = new TreeSet<>();
    amounts.forEach(
        (name, amount) -> {
          if (bounds.containsKey(name) && amount.compareTo(bounds.get(name)) > 0) {
            names.add(name);
          }
        });
    return names;
  }

  /** {@code pods=1,requests.cpu=2}. */
  static String text(Map<String, Quantity> amounts) {
    return new TreeMap<>(amounts).entrySet().stream().map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(","));
  }

  static Tree tree(Map<String, Quantity> amounts) {
    Tree tree = new Tree();
    new TreeMap<>(amounts).forEach((name, amount) -> tree.set(name, amount.toString()));
    return tree;
  }
}
