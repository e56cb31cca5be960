package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authn.UserInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The bindings of one scope, indexed by subject. The index is built when it is first asked after a change. */
final class Bindings {
  private final Map<String, Binding> byName = new TreeMap<>();
  private volatile Map<String, List<Match>> bySubject = Map.of();

  /** A binding and the subject by which it applies. */
  record Match(Binding binding, Binding.Subject subject) {
    String describe() {
      return binding.describe(subject);
    }
  }

  synchronized void put(Binding binding) {
    byName.put(binding.name(), binding);
    bySubject = null;
  }

  synchronized void remove(String name) {
    byName.remove(name);
    bySubject = null;
  }

  /** What applies to a user: by its name first, then by its groups. */
  List<Match> of(UserInfo user) {
    Map<String, List<Match>> index = index();
    List<Match> found = new ArrayList<>(index.getOrDefault(Binding.userKey(user.name()), List.of()));
    for (String group : user.groups()) {
      found.addAll(index.getOrDefault(Binding.groupKey(group), List.of()));
    }
    return found;
  }

  private Map<String, List<Match>> index() {
    Map<String, List<Match>> index = bySubject;
    return index != null ? index : build();
  }

  private synchronized Map<String, List<Match>> build() {
    Map<String, List<Match>> index = new HashMap<>();
    for (Binding binding : byName.values()) {
      for (Binding.Subject subject : binding.subjects()) {
        index.computeIfAbsent(subject.key(), key -> new ArrayList<>(1)).add(new Match(binding, subject));
      }
    }
    index.remove("");
    bySubject = index;
    return index;
  }
}
