package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Gives ingresses that name no class the default one. (Source: plugin/pkg/admission/network/defaultingressclass.) */
public final class DefaultIngressClass implements AdmissionPlugin {
  private static final String GROUP = "networking.k8s.io";

  private final Cluster cluster;

  public DefaultIngressClass(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "DefaultIngressClass";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (!request.creates() || !request.is(GROUP, "ingresses") || !request.isMain()) {
      return;
    }
    Tree ingress = request.object();
    boolean named =
        ingress.tree("spec").get("ingressClassName") != null || ingress.at("metadata", "annotations").has("kubernetes.io/ingress.class");
    if (!named) {
      DefaultClasses.choose(cluster.list(GROUP, "ingressclasses", ""), List.of("ingressclass.kubernetes.io/is-default-class"))
          .ifPresent(chosen -> ingress.need("spec").set("ingressClassName", chosen.tree("metadata").string("name")));
    }
  }
}
