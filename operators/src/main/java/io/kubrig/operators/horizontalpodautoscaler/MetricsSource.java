package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import java.util.List;
import java.util.Map;

/** Where values of metrics come from. All values are in thousandths; selectors are in text form, empty for everything. */
interface MetricsSource {

  /** The usage of a resource by the selected pods, by pod. @param container empty for the sum over a pod's containers */
  Map<String, PodMetric> resource(String namespace, String selector, String resource, String container) throws MetricsException;

  /** A custom metric of the selected pods, by pod. */
  Map<String, PodMetric> pods(String namespace, String selector, Metric metric) throws MetricsException;

  /** A custom metric of one object. */
  long object(String namespace, CrossVersionObjectReference object, Metric metric) throws MetricsException;

  /** The values of an external metric's series. */
  List<Long> external(String namespace, Metric metric) throws MetricsException;

  /** A metric's name and which of its series are meant. */
  record Metric(String name, String selector) {}
}
