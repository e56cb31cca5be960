package io.kubrig.machinery.informers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.RequestConfig;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.models.ModelSerialization;
import java.util.random.RandomGenerator;

/**
 * Informers that read watches as they come: bytes into models, on one thread for each watch, which also tells the handlers. Fabric8's own
 * make a text of each character, a generic event of the text and hand it to several threads.
 */
public final class StreamedInformers implements Informers {
  private final HttpClient http;
  private final String server;
  private final ModelSerialization models;
  private final Manner manner;

  /**
   * Informers of what a client sees.
   *
   * @param client made by a {@link io.kubrig.machinery.component.ClientSource}
   * @param random safe for use by several threads
   * @param watchLists whether the first state is to come with the watch, where the server does that
   */
  public StreamedInformers(KubernetesClient client, Clock clock, RandomGenerator random, boolean watchLists) {
    RequestConfig once = new RequestConfigBuilder(client.getConfiguration().getRequestConfig()).withRequestRetryBackoffLimit(0).build();
    this.http = client.getHttpClient().newBuilder().tag(once).build(); // a reflector tries again itself, by its clock
    String master = client.getMasterUrl().toString();
    this.server = master.endsWith("/") ? master.substring(0, master.length() - 1) : master;
    this.models = (ModelSerialization) client.getKubernetesSerialization();
    this.manner = new Manner(clock, random, watchLists);
  }

  @Override
  public SharedIndexInformer<? extends HasMetadata> of(Class<? extends HasMetadata> kind) {
    return informer(kind);
  }

  private <T extends HasMetadata> SharedIndexInformer<T> informer(Class<T> kind) {
    String version = HasMetadata.getApiVersion(kind);
    String collection = server + (version.contains("/") ? "/apis/" : "/api/") + version + "/" + HasMetadata.getPlural(kind);
    return new StreamedInformer<>(kind, http, collection, new Events<>(kind, models), manner);
  }
}
