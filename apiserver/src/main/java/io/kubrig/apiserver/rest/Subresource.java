package io.kubrig.apiserver.rest;

import java.io.IOException;
import java.util.List;

/** A subresource that is no view of the object: a command (binding, eviction, token) or a connection (log, exec, proxy). */
public interface Subresource {
  /** Answers the call, or throws what {@link ResourceHandler} answers with. */
  void handle(Call call, Target target, List<String> warnings) throws IOException;
}
