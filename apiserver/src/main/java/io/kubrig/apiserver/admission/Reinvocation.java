package io.kubrig.apiserver.admission;

import io.kubrig.machinery.tree.Tree;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Whether the mutating plugins are asked a second time for one request, and which webhooks and policies then take part: those that asked
 * for it and were called before something changed the object after them. Used by the one thread of the request. (Source:
 * apiserver/pkg/admission/reinvocation.go.)
 */
public final class Reinvocation {
  private final Map<String, Members> byPlugin = new HashMap<>();
  private boolean again;
  private boolean wanted;

  /** Whether this is the second time. */
  public boolean isAgain() {
    return again;
  }

  /** Asks for a second time. */
  public void want() {
    wanted = true;
  }

  /** Begins the second time, if it is wanted and has not been yet. */
  boolean begin() {
    boolean begins = wanted && !again;
    again |= begins;
    return begins;
  }

  /** What a plugin that calls others remembers of them. */
  public Members of(String plugin) {
    return byPlugin.computeIfAbsent(plugin, name -> new Members());
  }

  /** The webhooks or policies of one plugin, by identity. */
  public static final class Members {
    private final Set<String> called = new HashSet<>();
    private final Set<String> due = new HashSet<>();
    private Tree output;

    private Members() {}

    /** Notes that a member that wants to see later changes has been called. */
    public void called(String member) {
      called.add(member);
    }

    /** Whether a member is to be called the second time. */
    public boolean isDue(String member) {
      return due.contains(member);
    }

    /** The object has changed: those that were called so far are due again. */
    public void changed() {
      due.addAll(called);
      called.clear();
    }

    /** Takes notice of what others did to the object since {@link #left}. */
    public void returnedTo(Tree object) {
      if (!Objects.equals(output, object)) {
        changed();
      }
    }

    public void left(Tree object) {
      output = object == null ? null : object.copy();
    }
  }
}
