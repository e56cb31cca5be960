package io.kubrig.scheduler.model;

import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A choice of nodes: terms of which one must hold; a term without conditions holds for no node. Source: NodeSelector of the API. */
public record NodeSelector(List<Term> terms) {

  /** Conditions on labels and on {@code metadata.name}; all must hold. */
  public record Term(List<Requirement> labels, List<Requirement> fields) {
    public Term {
      labels = List.copyOf(labels);
      fields = List.copyOf(fields);
    }

    /** A term of the API. */
    public static Term of(NodeSelectorTerm term) {
      return new Term(requirements(term.getMatchExpressions()), requirements(term.getMatchFields()));
    }

    /** Whether the node fulfils every condition; false for an empty term. */
    public boolean matches(Node node) {
      if (labels.isEmpty() && fields.isEmpty()) {
        return false;
      }
      for (Requirement r : labels) {
        if (!r.accepts(node.labels().value(r.key()))) {
          return false;
        }
      }
      for (Requirement r : fields) {
        if (!r.accepts("metadata.name".equals(r.key()) ? node.name() : null)) {
          return false;
        }
      }
      return true;
    }

    /** The only node names this term can match, when it names them by {@code metadata.name In […]}. */
    Optional<Set<String>> names() {
      Set<String> names = null;
      for (Requirement r : fields) {
        if (r.key().equals("metadata.name") && r.operator() == Requirement.Operator.IN) {
          Set<String> here = new HashSet<>(r.values());
          if (names != null) {
            here.retainAll(names);
          }
          names = here;
        }
      }
      return Optional.ofNullable(names);
    }

    private static List<Requirement> requirements(List<NodeSelectorRequirement> all) {
      List<Requirement> out = new ArrayList<>();
      for (NodeSelectorRequirement r : all) {
        out.add(new Requirement(r.getKey(), Requirement.Operator.of(r.getOperator()), r.getValues() == null ? List.of() : r.getValues()));
      }
      return out;
    }
  }

  public NodeSelector {
    terms = List.copyOf(terms);
  }

  /** The selector of an API object. */
  public static NodeSelector of(io.fabric8.kubernetes.api.model.NodeSelector selector) {
    return new NodeSelector(selector.getNodeSelectorTerms().stream().map(Term::of).toList());
  }

  /** Whether one term matches. */
  public boolean matches(Node node) {
    for (Term term : terms) {
      if (term.matches(node)) {
        return true;
      }
    }
    return false;
  }

  /** The only nodes that can match, when every term names its nodes; empty when some term is open to any node. */
  public Optional<Set<String>> names() {
    Set<String> all = new HashSet<>();
    for (Term term : terms) {
      Optional<Set<String>> names = term.names();
      if (names.isEmpty()) {
        return Optional.empty();
      }
      all.addAll(names.get());
    }
    return terms.isEmpty() ? Optional.empty() : Optional.of(all);
  }
}
