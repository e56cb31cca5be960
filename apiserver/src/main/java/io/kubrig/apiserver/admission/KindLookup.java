package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.registry.Resource;
import java.util.Optional;

/** What is served under a kind right now. */
@FunctionalInterface
public interface KindLookup {
  Optional<Resource> resource(String group, String kind);
}
