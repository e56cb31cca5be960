package io.kubrig.operators.metadata;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.ObjectMeta;

/** What is read of an object, or of the Status that a watch ends with. */
@JsonIgnoreProperties(ignoreUnknown = true)
final class Envelope {
  public ObjectMeta metadata = new ObjectMeta();
  public Integer code;
  public String message;
}
