package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who runs an image must be allowed to pull it, though another pod has already brought it to the node. (Source:
 * plugin/pkg/admission/alwayspullimages.)
 */
public final class AlwaysPullImages implements AdmissionPlugin {
  private static final List<String> LISTS = List.of("initContainers", "containers", "ephemeralContainers");

  @Override
  public String name() {
    return "AlwaysPullImages";
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (!concerns(request)) {
      return;
    }
    Tree spec = request.object().need("spec");
    for (String list : LISTS) {
      spec.trees(list).forEach(container -> container.set("imagePullPolicy", "Always"));
    }
    for (Tree volume : spec.trees("volumes")) {
      if (volume.get("image") instanceof Tree image) {
        image.set("pullPolicy", "Always");
      }
    }
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!concerns(request)) {
      return;
    }
    FieldErrors errors = new FieldErrors();
    Tree spec = request.object().tree("spec");
    for (String list : LISTS) {
      List<Tree> containers = spec.trees(list);
      for (int i = 0; i < containers.size(); i++) {
        check(containers.get(i).string("imagePullPolicy"), FieldPath.of("spec", list).index(i).child("imagePullPolicy"), errors);
      }
    }
    List<Tree> volumes = spec.trees("volumes");
    for (int i = 0; i < volumes.size(); i++) {
      if (volumes.get(i).get("image") instanceof Tree image) {
        check(image.string("pullPolicy"), FieldPath.of("spec", "volumes").index(i).child("image", "pullPolicy"), errors);
      }
    }
    if (!errors.isEmpty()) {
      throw request.forbidden(errors.message());
    }
  }

  private static void check(String policy, FieldPath path, FieldErrors errors) {
    if (!policy.equals("Always")) {
      errors.notSupported(path, policy, List.of("Always"));
    }
  }

  private static boolean concerns(AdmissionRequest request) {
    if (!request.is("", "pods") || !request.isMain()) {
      return false;
    }
    return request.creates() || request.updates() && !images(request.old()).containsAll(images(request.object()));
  }

  private static Set<String> images(Tree pod) {
    Set<String> images = new HashSet<>();
    for (String list : LISTS) {
      pod.tree("spec").trees(list).forEach(container -> images.add(container.string("image")));
    }
    return images;
  }
}
