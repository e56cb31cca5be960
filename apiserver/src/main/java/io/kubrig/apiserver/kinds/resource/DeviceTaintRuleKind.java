package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.util.Objects;

/** Rules that taint devices. Their taint says since when it has its effect, as far as nobody says otherwise. */
final class DeviceTaintRuleKind implements Kind {
  private static final String SINCE = "timeAdded";

  @Override
  public boolean countsGenerations() {
    return true;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    stamp(object, operation);
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    Tree taint = object.tree("spec").tree("taint");
    Tree before = old.tree("spec").tree("taint");
    boolean turned = !Objects.equals(taint.string("effect"), before.string("effect"));
    if (turned && Objects.equals(taint.get(SINCE), before.get(SINCE))) {
      taint.remove(SINCE);
    }
    stamp(object, operation);
  }

  private static void stamp(Tree object, Operation operation) {
    object.tree("spec").tree("taint").fill(SINCE, Timestamps.format(operation.now()));
  }
}
