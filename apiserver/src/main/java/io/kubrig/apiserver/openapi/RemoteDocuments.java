package io.kubrig.apiserver.openapi;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What aggregated servers say of their versions. The parts of version 3 are published as they are; of version 2 the paths are taken
 * over with the definitions that they lead to. A definition that means something else under the same name gets another one. Safe for
 * concurrent use. (Source: kube-aggregator/pkg/controllers/openapi, kube-openapi/pkg/aggregator.)
 */
public final class RemoteDocuments {
  private static final String REF = "#/definitions/";

  private final Runnable changed;
  private final Map<String, Tree> parts = new ConcurrentSkipListMap<>();
  private final Map<String, Tree> wholes = new ConcurrentSkipListMap<>();

  /** @param changed is told of every change */
  public RemoteDocuments(Runnable changed) {
    this.changed = changed;
  }

  /** @param part {@code apis/GROUP/VERSION} */
  public void version3(String part, Tree document) {
    if (!document.equals(parts.put(part, document))) {
      changed.run();
    }
  }

  /** @param prefix {@code /apis/GROUP/VERSION}: only these paths are taken over */
  public void version2(String prefix, Tree document) {
    if (!document.equals(wholes.put(prefix, document))) {
      changed.run();
    }
  }

  public void forget(String groupVersion) {
    String part = (groupVersion.indexOf('/') < 0 ? "api/" : "apis/") + groupVersion;
    boolean known = parts.remove(part) != null | wholes.remove("/" + part) != null;
    if (known) {
      changed.run();
    }
  }

  Map<String, Tree> parts() {
    return parts;
  }

  /** Adds what the servers say to a document of this one, which is changed. */
  Tree mergedInto(Tree document) {
    wholes.forEach((prefix, whole) -> merge(document, prefix, whole));
    return document;
  }

  private static void merge(Tree document, String prefix, Tree whole) {
    Tree paths = new Tree();
    whole
        .tree("paths")
        .forEach(
            (path, item) -> {
              if (path.equals(prefix) || path.startsWith(prefix + "/")) {
                paths.set(path, item);
              }
            });
    if (paths.isEmpty()) {
      return;
    }
    Tree known = document.need("definitions");
    Tree theirs = whole.tree("definitions");
    Map<String, String> names = new TreeMap<>();
    Set<String> used = used(paths, theirs);
    used.forEach(name -> names.put(name, name(name, theirs.get(name), known)));
    used.forEach(name -> known.set(names.get(name), renamed(theirs.get(name), names)));
    paths.forEach((path, item) -> document.need("paths").set(path, renamed(item, names)));
    Tree parameters = document.need("parameters");
    whole.tree("parameters").forEach((name, parameter) -> parameters.fill(name, renamed(parameter, names)));
  }

  private static String name(String name, Object definition, Tree known) {
    String free = name;
    for (int i = 2; known.has(free) && !known.get(free).equals(definition); i++) {
      free = name + "_v" + i;
    }
    return free;
  }

  /** The definitions that something leads to. */
  private static Set<String> used(Tree paths, Tree definitions) {
    Set<String> found = new TreeSet<>();
    Deque<Object> open = new ArrayDeque<>(List.of(paths));
    while (!open.isEmpty()) {
      switch (open.pop()) {
        case Tree tree ->
            tree.forEach(
                (member, value) -> {
                  if (member.equals("$ref") && value instanceof String reference && reference.startsWith(REF)) {
                    String name = reference.substring(REF.length());
                    if (definitions.get(name) instanceof Tree definition && found.add(name)) {
                      open.push(definition);
                    }
                  } else if (value != null) {
                    open.push(value);
                  }
                });
        case List<?> list -> list.stream().filter(Objects::nonNull).forEach(open::push);
        default -> { }
      }
    }
    return found;
  }

  private static Object renamed(Object value, Map<String, String> names) {
    return switch (value) {
      case Tree tree -> {
        Tree copy = new Tree();
        tree.forEach(
            (member, inner) -> {
              boolean reference = member.equals("$ref") && inner instanceof String text && text.startsWith(REF);
              copy.set(member, reference ? reference((String) inner, names) : renamed(inner, names));
            });
        yield copy;
      }
      case List<?> list -> {
        List<Object> copy = new ArrayList<>(list.size());
        list.forEach(element -> copy.add(renamed(element, names)));
        yield copy;
      }
      case null, default -> value;
    };
  }

  private static String reference(String text, Map<String, String> names) {
    String name = text.substring(REF.length());
    return REF + names.getOrDefault(name, name);
  }
}
