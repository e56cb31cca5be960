package io.kubrig.operators.why;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One link of a chain: an object, how it stands, and what it waits for.
 *
 * @param object kind in small letters and key, as {@code deployment default/web}
 * @param says one sentence without a full stop
 * @param evidence what it was read from: fields, conditions, events
 * @param because the links that hold this one up, the weightiest first
 */
public record Finding(String object, Standing standing, String says, List<String> evidence, List<Finding> because) {
  public Finding {
    evidence = List.copyOf(evidence);
    because = List.copyOf(because);
  }

  static Finding fine(String object, String says) {
    return new Finding(object, Standing.FINE, says, List.of(), List.of());
  }

  static Finding waiting(String object, String says) {
    return new Finding(object, Standing.WAITING, says, List.of(), List.of());
  }

  static Finding blocked(String object, String says) {
    return new Finding(object, Standing.BLOCKED, says, List.of(), List.of());
  }

  /** With more evidence. */
  Finding seen(String... what) {
    return seen(List.of(what));
  }

  Finding seen(List<String> what) {
    return new Finding(object, standing, says, Stream.concat(evidence.stream(), what.stream()).toList(), because);
  }

  /** With causes; whoever is held up by something blocked is blocked itself. */
  Finding because(List<Finding> causes) {
    List<Finding> all = new ArrayList<>(because);
    all.addAll(causes);
    Standing worst = standing == Standing.FINE ? standing
        : causes.stream().map(Finding::standing).reduce(standing, Standing::worse);
    return new Finding(object, worst, says, evidence, all);
  }

  /** The same about other objects of the same fate. */
  Finding about(String objects) {
    return new Finding(objects, standing, says, evidence, because);
  }

  /** This link and all below it. */
  public Stream<Finding> all() {
    return Stream.concat(Stream.of(this), because.stream().flatMap(Finding::all));
  }
}
