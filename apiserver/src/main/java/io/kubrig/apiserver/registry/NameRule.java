package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.validation.Names;
import java.util.List;
import java.util.function.BiFunction;

/** What the name of an object must look like, by kind. */
public enum NameRule {
  DNS_SUBDOMAIN(Names::dnsSubdomain),
  DNS_LABEL(Names::dnsLabel),
  /** A DNS label that begins with a letter (services). */
  DNS_1035_LABEL(Names::dns1035Label),
  /** No rule of its own: the kind checks names itself. */
  ANY((name, prefix) -> List.of()),
  /** Anything that can be one segment of a path (RBAC). */
  PATH_SEGMENT(Names::pathSegment);

  private final BiFunction<String, Boolean, List<String>> check;

  NameRule(BiFunction<String, Boolean, List<String>> check) {
    this.check = check;
  }

  /**
   * What is wrong with a name; empty when nothing is.
   *
   * @param prefix whether it is a {@code generateName}, to which a suffix is added
   */
  public List<String> check(String name, boolean prefix) {
    return check.apply(name, prefix);
  }
}
