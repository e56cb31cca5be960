package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.ApiException;

/** One step of admission. Both methods may refuse the request by throwing {@link ApiException}. */
public interface AdmissionPlugin {

  /** As in {@code --enable-admission-plugins}. */
  String name();

  /** Whether the plugin is asked about requests of a kind, as natively: metrics tell. Few are about connections. */
  default boolean handles(Operation.Verb verb) {
    return verb != Operation.Verb.CONNECT;
  }

  /** Whether the plugin changes objects at all. */
  default boolean mutates() {
    return overrides("mutate");
  }

  /** Whether the plugin looks at final objects at all. */
  default boolean validates() {
    return overrides("validate");
  }

  private boolean overrides(String method) {
    try {
      return getClass().getMethod(method, AdmissionRequest.class).getDeclaringClass() != AdmissionPlugin.class;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether it is a plugin for those who look at metrics. */
  default boolean measured() {
    return true;
  }

  /** Called once, when the server can be asked for its objects. */
  default void start(ObjectReader objects) {}

  /** Changes the object before it is validated. May be called again when a later plugin changed it. */
  default void mutate(AdmissionRequest request) throws ApiException {}

  /** Looks at the final object. What it takes for the write it gives back through {@link AdmissionRequest#ifAbandoned}. */
  default void validate(AdmissionRequest request) throws ApiException {}
}
