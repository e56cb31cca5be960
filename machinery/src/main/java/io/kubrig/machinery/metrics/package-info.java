/** Metrics under their native names: the registry, histogram buckets, and the metrics of the process itself. */
package io.kubrig.machinery.metrics;
