package io.kubrig.kubelet.node;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How this machine shows itself as a node.
 *
 * @param addresses under which it is reached
 * @param port of the kubelet's server
 * @param reserved what pods may not use, by resource
 * @param maxImages how many images the status lists; negative means all
 * @param statusFrequency how often the status is computed, and sent when it changed
 * @param reportFrequency how often it is sent although it did not change
 * @param rootDirectory whose file system's size is the node's ephemeral storage
 */
public record NodeSettings(
    String name,
    List<String> addresses,
    int port,
    int maxPods,
    Map<String, Quantity> reserved,
    Map<String, String> labels,
    List<Taint> taints,
    boolean register,
    int maxImages,
    Duration statusFrequency,
    Duration reportFrequency,
    Duration leaseDuration,
    Path rootDirectory) {}
