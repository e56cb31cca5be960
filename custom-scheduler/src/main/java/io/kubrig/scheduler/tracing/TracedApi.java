package io.kubrig.scheduler.tracing;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodExtendedResourceClaimStatus;
import io.kubrig.scheduler.api.ClusterApi;
import io.opentelemetry.api.trace.Tracer;
import java.util.List;
import java.util.Locale;

/** The API with a span for each request that is made for an attempt. */
public final class TracedApi implements ClusterApi {
  private final ClusterApi api;
  private final Calls calls;

  public TracedApi(ClusterApi api, Tracer tracer) {
    this.api = api;
    this.calls = new Calls(tracer);
  }

  private void write(String name, Runnable write) {
    calls.ask(name, "", () -> {
      write.run();
      return true;
    });
  }

  private static String named(String verb, Class<?> kind) {
    return verb + " " + kind.getSimpleName().toLowerCase(Locale.ROOT);
  }

  @Override
  public void watch(Listener listener) throws InterruptedException {
    api.watch(listener);
  }

  @Override
  public boolean acts() {
    return api.acts();
  }

  @Override
  public void bind(PodRef pod, String node) {
    write("create pods/binding", () -> api.bind(pod, node));
  }

  @Override
  public void patchStatus(PodRef pod, StatusChange change) {
    write("patch pods/status", () -> api.patchStatus(pod, change));
  }

  @Override
  public void delete(PodRef pod) {
    write("delete pod", () -> api.delete(pod));
  }

  @Override
  public void setExtendedClaim(PodRef pod, PodExtendedResourceClaimStatus claim) {
    write("patch pods/status", () -> api.setExtendedClaim(pod, claim));
  }

  @Override
  public <T extends HasMetadata> T create(T object) {
    return calls.ask(named("create", object.getClass()), "", () -> api.create(object));
  }

  @Override
  public void delete(HasMetadata object) {
    write(named("delete", object.getClass()), () -> api.delete(object));
  }

  @Override
  public <T extends HasMetadata> T replace(T object) {
    return calls.ask(named("update", object.getClass()), "", () -> api.replace(object));
  }

  @Override
  public <T extends HasMetadata> T replaceStatus(T object) {
    return calls.ask(named("update status of", object.getClass()), "", () -> api.replaceStatus(object));
  }

  @Override
  public <T extends HasMetadata> T read(Class<T> kind, String namespace, String name) {
    return calls.ask(named("get", kind), "", () -> api.read(kind, namespace, name));
  }

  @Override
  public boolean serves(Class<? extends HasMetadata> kind) {
    return api.serves(kind);
  }

  @Override
  public <T extends HasMetadata> List<T> list(Class<T> kind) {
    return calls.ask(named("list", kind), "", () -> api.list(kind));
  }

  @Override
  public void close() {
    api.close();
  }
}
