package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/**
 * A device that the search has chosen.
 *
 * @param consumed what of its capacity, when it is shared
 */
record Chosen(Wish wish, OfferedDevice device, Map<String, Quantity> consumed) {}
