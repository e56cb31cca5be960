package io.kubrig.operators.metadata;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/** One line of a watch. */
@JsonIgnoreProperties(ignoreUnknown = true)
final class Event {
  public String type;
  public Envelope object;
}
