package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * A write on its way to storage, as admission sees it.
 *
 * @param object the new state in the version of the request, null for a deletion; mutating plugins change it in place
 * @param old the state so far, null for a creation; not to be changed
 * @param options the CreateOptions, UpdateOptions, PatchOptions or DeleteOptions of the request; for CONNECT what the subresource takes
 * @param undoing what is to be done when the write comes to nothing after all, see {@link #ifAbandoned}
 * @param lens how the request's path sees the object
 * @param reinvocation whether plugins are asked a second time
 */
public record AdmissionRequest(
    Operation operation, Tree object, Tree old, Tree options, List<Runnable> undoing, Lens lens, Reinvocation reinvocation) {

  public AdmissionRequest(Operation operation, Tree object, Tree old, Tree options) {
    this(operation, object, old, options, Lens.OBJECT);
  }

  public AdmissionRequest(Operation operation, Tree object, Tree old, Tree options, Lens lens) {
    this(operation, object, old, options, new ArrayList<>(), lens, new Reinvocation());
  }

  /** The object as the client sees it on this path (a scale for {@code /scale}); null for a deletion. */
  public Tree seen() {
    return object == null ? null : seen(object);
  }

  /** The old object as the client sees it on this path; null for a creation. */
  public Tree seenOld() {
    return old == null ? null : seen(old);
  }

  private Tree seen(Tree whole) {
    return lens.viewKind().isPresent() ? lens.view(whole.copy()) : whole;
  }

  /** The kind of the objects that the request is about: that of the subresource where it has one of its own. */
  public GroupVersionKind kind() {
    Tree view = object == null ? null : seen();
    boolean other = view != null && !operation.subresource().isEmpty() && !view.string("kind").isEmpty();
    return other ? GroupVersionKind.of(view.string("apiVersion"), view.string("kind")) : operation.resource().gvk(operation.version());
  }

  /** An object of the request in another version; null stays null, and so does what is not of the resource's own kind. */
  public Tree inVersion(Tree view, String apiVersion) {
    Resource resource = operation.resource();
    if (view == null || view.string("apiVersion").equals(apiVersion) || !view.string("kind").equals(resource.kind())) {
      return view;
    }
    return resource.behaviour().convert(view.copy(), view.string("apiVersion", resource.apiVersion(operation.version())), apiVersion);
  }

  /** Puts a changed view into the object. */
  public void replaceSeen(Tree view) {
    Tree whole = lens.viewKind().isPresent() ? lens.put(object.copy(), view) : view.copy();
    object.clear();
    whole.forEach(object::set);
  }

  public boolean is(String group, String plural) {
    return operation.resource().group().equals(group) && operation.resource().plural().equals(plural);
  }

  /** Whether the main resource is written, no subresource of it. */
  public boolean isMain() {
    return operation.subresource().isEmpty();
  }

  public boolean isThrough(String subresource) {
    return operation.subresource().equals(subresource);
  }

  public boolean creates() {
    return operation.verb() == Verb.CREATE;
  }

  public boolean updates() {
    return operation.verb() == Verb.UPDATE;
  }

  public boolean deletes() {
    return operation.verb() == Verb.DELETE;
  }

  /**
   * Has something done when the write does not happen although this plugin agreed (quota gives back what it took). Last registered, first
   * done.
   */
  public void ifAbandoned(Runnable undo) {
    undoing.addFirst(undo);
  }

  /** The refusal in native's words: an object whose name is still to be generated goes by the base of its name. */
  public ApiException forbidden(String why) {
    Resource resource = operation.resource();
    return ApiException.forbidden(resource.group(), resource.plural(), displayName(), why);
  }

  private String displayName() {
    if (!operation.name().isEmpty()) {
      return operation.name();
    }
    Tree metadata = object == null ? Tree.empty() : object.tree("metadata");
    String name = metadata.string("name");
    if (!name.isEmpty()) {
      return name;
    }
    return metadata.string("generateName", "Unknown");
  }
}
