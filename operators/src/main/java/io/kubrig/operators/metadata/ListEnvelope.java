package io.kubrig.operators.metadata;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.ListMeta;
import java.util.List;

/** What is read of a list. */
@JsonIgnoreProperties(ignoreUnknown = true)
final class ListEnvelope {
  public ListMeta metadata = new ListMeta();
  public List<Envelope> items = List.of();
}
