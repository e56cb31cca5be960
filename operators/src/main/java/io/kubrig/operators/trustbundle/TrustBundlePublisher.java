package io.kubrig.operators.trustbundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.MetadataInformer;
import io.kubrig.operators.metadata.ResourceType;
import io.kubrig.operators.rootca.RootCa;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the bundle of the signer kubernetes.io/kube-apiserver-serving. There is one key, for all of it. */
public final class TrustBundlePublisher implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(TrustBundlePublisher.class);
  private static final String SIGNER = "kubernetes.io/kube-apiserver-serving";
  private static final String KIND = "ClusterTrustBundle";
  private static final String JSON = "application/json";
  private static final Key BUNDLES = new Key("", "bundles");

  private final Clock clock;
  private final MetadataClient client;
  private final String pem;
  private final boolean enabled;
  private volatile Queue queue; // set by watch, before anything runs
  private volatile MetadataInformer bundles; // set by the first reconcile

  /** A controller in a manager. */
  public TrustBundlePublisher(ControllerContext context) {
    this.clock = context.clock();
    this.client = new MetadataClient(context.api().client());
    this.enabled = context.options().feature("ClusterTrustBundle", false);
    this.pem = enabled ? RootCa.of(context.options(), context.api().client()) : "";
  }

  @Override
  public void watch(Queue work) {
    queue = work;
  }

  @Override
  public void started() {
    if (enabled && !pem.isEmpty()) {
      queue.add(BUNDLES);
    }
  }

  @Override
  public void stopped() {
    if (bundles != null) {
      bundles.close();
    }
  }

  @Override
  public Outcome reconcile(Key key) {
    if (bundles == null && !begin()) {
      return Outcome.DONE;
    }
    String collection = bundles.type().collection("");
    Map<String, JsonNode> known = new LinkedHashMap<>();
    client.json(collection + "?fieldSelector=spec.signerName=" + SIGNER, JSON).path("items")
        .forEach(bundle -> known.put(bundle.at("/metadata/name").asText(), bundle));
    Map<String, String> certificates = new LinkedHashMap<>();
    known.forEach((name, bundle) -> certificates.put(name, bundle.at("/spec/trustBundle").asText()));
    apply(TrustBundlePlan.of(SIGNER, pem, certificates), collection, known);
    return Outcome.DONE;
  }

  /** Watches the bundles, if the server knows them; the newer version first. */
  private boolean begin() {
    Discovery offer = Discovery.of(client);
    Optional<ResourceType> type = Stream.of("certificates.k8s.io/v1beta1", "certificates.k8s.io/v1alpha1")
        .flatMap(version -> offer.kind(version, KIND).stream()).findFirst();
    if (type.isEmpty()) {
      LOG.info("no known version of {} is served: kube-apiserver-serving-clustertrustbundle-publisher-controller has nothing to do", KIND);
      return false;
    }
    bundles = new MetadataInformer(type.get(), client, clock, (kind, before, after) -> queue.add(BUNDLES));
    return true;
  }

  private void apply(TrustBundlePlan plan, String collection, Map<String, JsonNode> known) {
    if (plan.create()) {
      client.create(collection, Map.of("apiVersion", bundles.type().apiVersion(), "kind", KIND, "metadata", Map.of("name", plan.name()),
          "spec", Map.of("signerName", SIGNER, "trustBundle", pem)));
    } else if (plan.update()) {
      JsonNode fresh = known.get(plan.name()).deepCopy();
      ((ObjectNode) fresh.get("spec")).put("trustBundle", pem);
      client.replace(collection + "/" + plan.name(), fresh);
    }
    for (String earlier : plan.delete()) {
      try {
        client.delete(bundles.type(), "", earlier, new Api.Deletion());
      } catch (KubernetesClientException e) {
        if (!ApiErrors.isNotFound(e)) {
          throw e;
        }
      }
    }
  }
}
