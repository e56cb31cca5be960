package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.fieldmanager.ManagedFields.Owned;
import io.kubrig.machinery.fieldmanager.ManagedFields.Owner;
import java.util.List;
import java.util.Map;

/**
 * Carries ownership of the number of replicas between a workload and its scale subresource.
 *
 * @param apiVersion the version of the workload that the request is for
 * @param replicas by version of the workload, the path of the number of replicas ({@code spec.replicas})
 */
public record ScaleFields(String apiVersion, Map<String, String> replicas) {
  private static final String SCALE = "autoscaling/v1";
  private static final FieldSet REPLICAS = FieldSet.of("spec.replicas");

  /** The entries of the Scale: those of the workload that own its number of replicas. */
  public List<Object> toScale(List<Object> workloadEntries) {
    ManagedFields workload = ManagedFields.decoded(workloadEntries);
    ManagedFields scale = new ManagedFields();
    workload
        .owned()
        .forEach(
            (owner, owned) -> {
              if (ownsReplicas(owned)) {
                scale.owned().put(owner, new Owned(REPLICAS, SCALE, owned.applied()));
                copyTime(workload, scale, owner);
              }
            });
    return scale.encoded();
  }

  /**
   * The entries of the workload after the Scale with these entries was written.
   *
   * <p>As native: an owner that comes from the Scale has no time, and an updater of the workload, which the Scale knows under its own
   * version, comes back as an entry of its own.
   */
  public List<Object> toWorkload(List<Object> workloadEntries, List<Object> scaleEntries) {
    ManagedFields before = ManagedFields.decoded(workloadEntries);
    ManagedFields scale = ManagedFields.decoded(scaleEntries);
    ManagedFields after = new ManagedFields();
    before
        .owned()
        .forEach(
            (owner, owned) -> {
              if (!replicas.containsKey(owned.apiVersion())) {
                return;
              }
              boolean keeps = !ownsReplicas(owned) || scale.owned().remove(owner) != null;
              FieldSet fields = keeps ? owned.fields() : owned.fields().difference(path(owned.apiVersion()));
              if (!fields.isEmpty()) {
                after.owned().put(owner, owned.with(fields));
                copyTime(before, after, owner);
              }
            });
    scale
        .owned()
        .forEach(
            (owner, owned) -> {
              if (!owned.fields().intersection(REPLICAS).isEmpty()) {
                after.owned().put(owner, new Owned(path(apiVersion), apiVersion, owned.applied()));
                copyTime(before, after, owner);
              }
            });
    return after.encoded();
  }

  private boolean ownsReplicas(Owned owned) {
    String path = replicas.get(owned.apiVersion());
    return path != null && !owned.fields().intersection(FieldSet.of(path)).isEmpty();
  }

  private FieldSet path(String version) {
    return FieldSet.of(replicas.get(version));
  }

  private static void copyTime(ManagedFields from, ManagedFields to, Owner owner) {
    String time = from.times().get(owner);
    if (time != null) {
      to.times().put(owner, time);
    }
  }
}
