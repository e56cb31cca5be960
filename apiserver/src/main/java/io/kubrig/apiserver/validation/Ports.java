package io.kubrig.apiserver.validation;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What port numbers and names must look like, in native's words. */
public final class Ports {
  private static final Pattern NAME = Pattern.compile("[-a-z0-9]+");
  private static final int MAX_NAME = 15;

  private Ports() {}

  public static List<String> number(long port) {
    return port >= 1 && port <= 65535 ? List.of() : List.of("must be between 1 and 65535, inclusive");
  }

  /** An IANA service name. */
  public static List<String> name(String name) {
    List<String> wrong = new ArrayList<>();
    if (name.length() > MAX_NAME) {
      wrong.add("must be no more than 15 characters");
    }
    if (!NAME.matcher(name).matches()) {
      wrong.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    }
    if (name.chars().noneMatch(c -> c >= 'a' && c <= 'z')) {
      wrong.add("must contain at least one letter (a-z)");
    }
    if (name.contains("--")) {
      wrong.add("must not contain consecutive hyphens");
    }
    if (name.startsWith("-") || name.endsWith("-")) {
      wrong.add("must not begin or end with a hyphen");
    }
    return wrong;
  }

  /** A port that is a number or a name, under a member of its holder. */
  public static List<String> numberOrName(Tree holder, String member) {
    return holder.get(member) instanceof String text ? name(text) : number(holder.integer(member));
  }
}
