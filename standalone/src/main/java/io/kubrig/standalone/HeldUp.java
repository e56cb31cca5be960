package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.StartException;
import io.kubrig.operators.metadata.ResourceType;
import io.kubrig.operators.why.Facts;
import io.kubrig.operators.why.Finding;
import io.kubrig.operators.why.Gatherer;
import io.kubrig.operators.why.ManagerView;
import io.kubrig.operators.why.Why;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Asks what holds up an object that is no pod: an API server or a file of objects, and a controller manager where one is named. */
final class HeldUp {
  private final ClusterSource source;

  HeldUp(ClusterSource source) {
    this.source = source;
  }

  /** The chain, and what could not be read for it. */
  record Answer(Finding chain, List<String> unread) {}

  /** The chain of an object. */
  Answer ask(String kind, String namespace, String name) throws InterruptedException {
    return source.isFile() ? ofFile(kind, namespace, name) : ofCluster(kind, namespace, name);
  }

  /** The chain with what a controller manager says. @param manager the address of its secure port; @param trusting whoever answers there */
  Answer with(Answer answer, String manager, boolean trusting) {
    try (KubernetesClient client = source.openAt(manager, trusting)) {
      String page = client.raw("/debug/waiting?namespace=" + URLEncoder.encode(keyNamespace(answer), StandardCharsets.UTF_8));
      if (page == null) {
        throw new StartException("the controller manager at " + manager + " has no page /debug/waiting");
      }
      return new Answer(ManagerView.add(answer.chain, page), answer.unread);
    } catch (KubernetesClientException e) {
      throw new StartException("the controller manager at " + manager + " does not tell what it waits for: " + e.getMessage(), e);
    }
  }

  private static String keyNamespace(Answer answer) {
    String key = answer.chain.object().substring(answer.chain.object().indexOf(' ') + 1);
    return key.contains("/") ? key.substring(0, key.indexOf('/')) : "";
  }

  private Answer ofCluster(String kind, String namespace, String name) {
    try (KubernetesClient client = source.open()) {
      Gatherer gatherer = new Gatherer(client, Clock.system());
      ResourceType type = gatherer.kind(kind)
          .orElseThrow(() -> new StartException("the server doesn't have a resource type \"" + kind + "\""));
      HasMetadata object = gatherer.object(type, namespace, name).orElseThrow(() -> missing(type.plural(), namespace, name));
      Facts facts = gatherer.facts(object);
      return new Answer(Why.of(object, facts), facts.unread());
    }
  }

  private Answer ofFile(String kind, String namespace, String name) throws InterruptedException {
    List<HasMetadata> objects = source.objects();
    String wanted = kind.toLowerCase(Locale.ROOT);
    Optional<HasMetadata> object = objects.stream().filter(one -> one.getMetadata().getName().equals(name))
        .filter(one -> one.getMetadata().getNamespace() == null || one.getMetadata().getNamespace().equals(namespace))
        .filter(one -> wanted.equals(one.getKind().toLowerCase(Locale.ROOT)) || wanted.equals(one.getPlural())).findFirst();
    Facts facts = Facts.of(objects, Clock.system().now());
    return new Answer(Why.of(object.orElseThrow(() -> missing(kind, namespace, name)), facts), List.of());
  }

  private static StartException missing(String kind, String namespace, String name) {
    return new StartException(kind + " \"" + name + "\" not found in namespace " + namespace);
  }
}
