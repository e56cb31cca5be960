package io.kubrig.bench;

/** The pods that are written in measurements: small, as a Deployment's are. */
final class BenchPods {
  private BenchPods() {}

  /** Pod {@code pI}, without a namespace. */
  static String json(int i) {
    return "{\"metadata\":{\"name\":\"p" + i + "\",\"labels\":{\"app\":\"bench\",\"n\":\"" + i % 100
        + "\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":"
        + "\"example.com/app:1\",\"resources\":{\"requests\":{\"cpu\":\"100m\",\"memory\":\"64Mi\"}},\"ports\":[{\"containerPort\":8080}],\"env\":[{\"name\":\"A\",\"value\":\"b\"}]}]}}";
  }
}
