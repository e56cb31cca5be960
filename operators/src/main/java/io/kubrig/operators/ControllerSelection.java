package io.kubrig.operators;

import io.kubrig.machinery.component.StartException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What {@code --controllers} says: the first entry that names a controller decides; {@code *} stands for those that run by default. */
final class ControllerSelection {
  private final List<String> entries;

  /** @throws StartException an entry names no controller */
  ControllerSelection(List<String> entries, List<ControllerDescriptor> known) {
    this.entries = entries;
    Set<String> names = new HashSet<>(Set.of("*"));
    known.forEach(controller -> names.addAll(List.of(controller.name(), controller.alias())));
    for (String entry : entries) {
      String name = entry.startsWith("-") ? entry.substring(1) : entry;
      if (!names.contains(name)) {
        throw new StartException("\"" + name + "\" is not in the list of known controllers");
      }
    }
  }

  boolean includes(ControllerDescriptor controller) {
    boolean all = false;
    for (String entry : entries) {
      if (entry.equals(controller.name()) || entry.equals(controller.alias())) {
        return true;
      }
      if (entry.equals("-" + controller.name()) || entry.equals("-" + controller.alias())) {
        return false;
      }
      all |= entry.equals("*");
    }
    return all && controller.byDefault();
  }
}
