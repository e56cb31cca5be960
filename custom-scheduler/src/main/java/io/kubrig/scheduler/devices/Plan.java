package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import java.util.List;

/**
 * What is to be found for a wish.
 *
 * @param count how many devices
 * @param all the devices when the wish is for all there are; else empty
 */
record Plan(Wish wish, DeviceClass deviceClass, int count, List<OfferedDevice> all) {}
