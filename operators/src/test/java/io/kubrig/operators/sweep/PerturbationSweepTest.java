package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The controllers in disturbed worlds: whatever is late, hidden, refused, half done or killed, they end where their objects say, and never
 * do on the way what their story forbids.
 *
 * <p>{@code -Dsweep.worlds=N} tells N worlds of each story instead of a few, {@code -Dkubrig.perturbations=N} as many as it takes for N
 * disturbed reconciles of each; {@code -Dseed=S} begins at another seed. A failure names the seed of its world: {@code -Dseed=S
 * -Dsweep.worlds=1} tells it again, {@code -Dsweep.trace=true} with every change.
 */
class PerturbationSweepTest {
  private static final int STEPS = 300;
  private static final double FAULTS = 0.15;
  private static final long WORLDS = Long.getLong("sweep.worlds", 2);
  private static final long RECONCILES = Long.getLong("kubrig.perturbations", 0);
  private static final long SEED = Long.getLong("seed", 1);

  private static void sweep(String name, Supplier<Story> story) throws InterruptedException {
    long reconciles = 0;
    long lives = 0;
    long start = System.nanoTime();
    long seed = SEED;
    while (RECONCILES > 0 ? reconciles < RECONCILES : seed < SEED + WORLDS) {
      try {
        World.Told told = new World(story.get(), seed, FAULTS).tell(STEPS);
        reconciles += told.reconciles();
        lives += told.lives();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(name + ", seed " + seed + ": " + e.getMessage(), e);
      }
      seed++;
    }
    System.out.printf("sweep of %s: seeds %d to %d, %d reconciles, %d lives, %d s%n", name, SEED, seed - 1, reconciles, lives,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
    assertThat(reconciles).isPositive();
  }

  @Test
  void a_replica_set_that_is_resized_ends_at_its_size() throws InterruptedException {
    sweep("ReplicaSet", Stories.ReplicaSetStory::new);
  }

  @Test
  void a_replica_set_that_is_left_alone_makes_no_pod_twice_and_deletes_none() throws InterruptedException {
    sweep("steady ReplicaSet", Stories.SteadySetStory::new);
  }

  @Test
  void a_deployment_that_rolls_makes_one_set_of_each_template_and_ends_at_the_last() throws InterruptedException {
    sweep("Deployment", Stories.DeploymentStory::new);
  }

  @Test
  void a_stateful_set_keeps_its_order_and_ends_at_the_last_revision() throws InterruptedException {
    sweep("StatefulSet", Stories.StatefulSetStory::new);
    sweep("StatefulSet with forced rollback", () -> new Stories.StatefulSetStory(true));
  }

  @Test
  void a_daemon_set_never_doubles_on_a_node_and_ends_on_all() throws InterruptedException {
    sweep("DaemonSet", Stories.DaemonSetStory::new);
  }

  @Test
  void a_job_makes_no_pod_too_many_and_counts_each_once() throws InterruptedException {
    sweep("Job", Stories.JobStory::new);
  }

  @Test
  void a_cron_job_that_allows_one_job_makes_each_once_and_no_two_at_a_time() throws InterruptedException {
    sweep("CronJob", TimeStories.CronJobStory::new);
  }

  @Test
  void jobs_go_when_their_time_to_live_is_over_and_not_before() throws InterruptedException {
    sweep("TTLAfterFinished", TimeStories.ExpiryStory::new);
  }

  @Test
  void tokens_and_requests_that_have_had_their_day_are_cleaned_away_and_no_others() throws InterruptedException {
    sweep("TokenCleaner and CSR cleaner", TimeStories.CleaningStory::new);
  }

  @Test
  void endpoints_slices_and_budgets_say_in_the_end_which_pods_there_are() throws InterruptedException {
    sweep("Endpoints, EndpointSlice, Disruption", ServiceStories.PodsStory::new);
  }

  @Test
  void mirrors_show_in_the_end_what_users_wrote() throws InterruptedException {
    sweep("EndpointSliceMirroring", ServiceStories.MirrorStory::new);
  }

  @Test
  void every_namespace_has_its_default_account_in_the_end() throws InterruptedException {
    sweep("ServiceAccount", ServiceStories.AccountStory::new);
  }

  @Test
  void no_two_nodes_ever_have_the_same_range() throws InterruptedException {
    sweep("NodeIPAM, TTL", NodeStories.RangesStory::new);
  }

  @Test
  void a_range_that_a_node_may_have_is_kept_for_it_when_the_next_attempt_is_refused() throws InterruptedException {
    new World(new AbsurdStory(new NodeStories.RangesStory()), 70_023, FAULTS).tell(STEPS);
  }

  @Test
  void only_silent_nodes_lose_pods_and_only_those_that_do_not_tolerate_it() throws InterruptedException {
    sweep("NodeLifecycle, TaintEviction, PodGC", NodeStories.SilenceStory::new);
  }

  @Test
  void no_two_services_ever_have_the_same_address_and_none_keeps_one_that_it_does_not_want() throws InterruptedException {
    sweep("Service (load balancers)", CloudStories.BalancerStory::new);
  }

  @Test
  void nodes_learn_of_their_machines_and_go_with_them_only() throws InterruptedException {
    sweep("cloud-node, cloud-node-lifecycle", CloudStories.MachineStory::new);
  }

  @Test
  void routes_lead_where_nodes_are_in_the_end() throws InterruptedException {
    sweep("Route", CloudStories.RouteStory::new);
  }

  @Test
  void no_two_claims_ever_have_the_same_volume_and_nothing_goes_that_is_used() throws InterruptedException {
    sweep("PersistentVolumeBinder, protection", ClaimStories.BindingStory::new);
  }

  @Test
  void pods_get_each_of_their_own_things_once() throws InterruptedException {
    sweep("EphemeralVolume, ResourceClaim", ClaimStories.OwnThingsStory::new);
  }

  @Test
  void a_role_that_sums_up_others_has_their_rules_in_the_end() throws InterruptedException {
    sweep("ClusterRoleAggregation", ClaimStories.AggregationStory::new);
  }

  @Test
  void requests_of_nodes_are_approved_and_signed_once() throws InterruptedException {
    sweep("CSR approver and signer", TrustStories.RequestsStory::new);
  }

  @Test
  void tokens_live_as_long_as_their_accounts_and_the_root_is_everywhere() throws InterruptedException {
    sweep("ServiceAccountToken, RootCA", TrustStories.TokensStory::new);
  }

  @Test
  void no_volume_is_ever_on_two_nodes() throws InterruptedException {
    sweep("AttachDetach, VolumeExpand", DeviceStories.AttachmentStory::new);
  }

  @Test
  void a_report_that_may_have_arrived_is_made_again_before_a_volume_is_detached() throws InterruptedException {
    new World(new DeviceStories.AttachmentStory(), 20000061, FAULTS).tell(STEPS);
  }

  @Test
  void users_of_tainted_devices_go_and_no_others() throws InterruptedException {
    sweep("DeviceTaintEviction", DeviceStories.TaintStory::new);
  }

  @Test
  void namespaces_go_when_all_in_them_has_gone_the_pods_first() throws InterruptedException {
    sweep("Namespace", NamespaceStory::new);
  }

  @Test
  void nothing_of_a_namespace_goes_while_it_is_unknown_whether_pods_are_left() throws InterruptedException {
    new World(new NamespaceStory(), 6, FAULTS).tell(STEPS);
  }

  @Test
  void a_quota_says_in_the_end_what_is_used() throws InterruptedException {
    sweep("ResourceQuota", DeviceStories.QuotaStory::new);
  }

  @Test
  void what_has_lost_its_owners_goes_and_nothing_else() throws InterruptedException {
    sweep("GarbageCollector", OwnersStory::new);
  }

  @Test
  void a_size_is_within_its_bounds_and_comes_to_rest_where_the_load_wants_it() throws InterruptedException {
    sweep("HorizontalPodAutoscaler", ScalingStory::new);
  }

  @Test
  void a_replication_controller_that_is_resized_ends_at_its_size() throws InterruptedException {
    sweep("ReplicationController", SteadyStories.OldSetStory::new);
  }

  @Test
  void pods_that_share_a_volume_under_different_labels_are_warned() throws InterruptedException {
    sweep("SELinuxWarning", SteadyStories.LabelsStory::new);
  }

  @Test
  void a_migration_succeeds_when_all_is_written_and_never_for_less() throws InterruptedException {
    sweep("StorageVersionMigrator", VersionStories.MigrationStory::new);
  }

  @Test
  void a_migration_survives_a_server_that_is_busy_and_keeps_its_revision() throws InterruptedException {
    new World(new VersionStories.MigrationStory(), 1, FAULTS).tell(STEPS);
  }

  @Test
  void what_an_api_server_said_goes_with_it_and_not_before() throws InterruptedException {
    sweep("StorageVersionGC", VersionStories.ServersStory::new);
  }

  @Test
  void no_range_goes_while_an_address_needs_it() throws InterruptedException {
    sweep("ServiceCIDR", ClusterStories.AddressesStory::new);
  }

  @Test
  void no_range_goes_whose_newest_address_has_not_been_heard_of() throws InterruptedException {
    new World(new ClusterStories.AddressesStory(), 35, FAULTS).tell(STEPS);
  }

  @Test
  void no_class_of_attributes_goes_whose_newest_claim_has_not_been_heard_of() throws InterruptedException {
    new World(new ClusterStories.AttributesStory(), 4, FAULTS).tell(STEPS);
  }

  @Test
  void no_class_of_attributes_goes_while_it_is_named() throws InterruptedException {
    sweep("VolumeAttributesClass protection", ClusterStories.AttributesStory::new);
  }

  @Test
  void our_root_is_in_one_bundle_and_those_of_others_are_left_alone() throws InterruptedException {
    sweep("ClusterTrustBundle publisher", ClusterStories.BundlesStory::new);
  }

  @Test
  void each_generation_of_a_policy_is_checked() throws InterruptedException {
    sweep("ValidatingAdmissionPolicy status", ClusterStories.PoliciesStory::new);
  }

  @Test
  void all_tokens_that_may_sign_have_signed_and_no_others() throws InterruptedException {
    sweep("BootstrapSigner, TokenCleaner", SecretStories.SigningStory::new);
  }

  @Test
  void tokens_of_old_that_nobody_wants_end_in_two_steps() throws InterruptedException {
    sweep("LegacyServiceAccountTokenCleaner", SecretStories.LegacyStory::new);
  }

  @Test
  void objects_that_make_no_sense_stop_no_controller() throws InterruptedException {
    sweep("ReplicaSet among absurd objects", () -> new AbsurdStory(new Stories.ReplicaSetStory()));
    sweep("Deployment among absurd objects", () -> new AbsurdStory(new Stories.DeploymentStory()));
    sweep("StatefulSet among absurd objects", () -> new AbsurdStory(new Stories.StatefulSetStory()));
    sweep("DaemonSet among absurd objects", () -> new AbsurdStory(new Stories.DaemonSetStory()));
    sweep("Job among absurd objects", () -> new AbsurdStory(new Stories.JobStory()));
  }

  @Test
  void objects_that_make_no_sense_hold_up_no_controller_that_waits_for_a_time() throws InterruptedException {
    sweep("CronJob among absurd objects", () -> new AbsurdStory(new TimeStories.CronJobStory()));
    sweep("TTLAfterFinished among absurd objects", () -> new AbsurdStory(new TimeStories.ExpiryStory()));
    sweep("cleaners among absurd objects", () -> new AbsurdStory(new TimeStories.CleaningStory()));
  }

  @Test
  void objects_that_make_no_sense_hold_up_no_controller_of_services_and_namespaces() throws InterruptedException {
    sweep("Endpoints, EndpointSlice, Disruption among absurd objects", () -> new AbsurdStory(new ServiceStories.PodsStory()));
    sweep("EndpointSliceMirroring among absurd objects", () -> new AbsurdStory(new ServiceStories.MirrorStory()));
    sweep("Service (load balancers) among absurd objects", () -> new AbsurdStory(new CloudStories.BalancerStory()));
    sweep("ServiceAccount among absurd objects", () -> new AbsurdStory(new ServiceStories.AccountStory()));
  }

  @Test
  void objects_that_make_no_sense_hold_up_no_controller_of_nodes() throws InterruptedException {
    sweep("NodeIPAM, TTL among absurd objects", () -> new AbsurdStory(new NodeStories.RangesStory()));
    sweep("NodeLifecycle, TaintEviction, PodGC among absurd objects", () -> new AbsurdStory(new NodeStories.SilenceStory()));
    sweep("cloud-node, cloud-node-lifecycle among absurd objects", () -> new AbsurdStory(new CloudStories.MachineStory()));
    sweep("Route among absurd objects", () -> new AbsurdStory(new CloudStories.RouteStory()));
  }

  @Test
  void objects_that_make_no_sense_hold_up_no_controller_of_claims() throws InterruptedException {
    sweep("PersistentVolumeBinder, protection among absurd objects", () -> new AbsurdStory(new ClaimStories.BindingStory()));
    sweep("EphemeralVolume, ResourceClaim among absurd objects", () -> new AbsurdStory(new ClaimStories.OwnThingsStory()));
    sweep("ClusterRoleAggregation among absurd objects", () -> new AbsurdStory(new ClaimStories.AggregationStory()));
  }

  @Test
  void objects_that_make_no_sense_hold_up_no_controller_of_devices_and_trust() throws InterruptedException {
    sweep("CSR approver and signer among absurd objects", () -> new AbsurdStory(new TrustStories.RequestsStory()));
    sweep("ServiceAccountToken, RootCA among absurd objects", () -> new AbsurdStory(new TrustStories.TokensStory()));
    sweep("AttachDetach, VolumeExpand among absurd objects", () -> new AbsurdStory(new DeviceStories.AttachmentStory()));
    sweep("DeviceTaintEviction among absurd objects", () -> new AbsurdStory(new DeviceStories.TaintStory()));
    sweep("ResourceQuota among absurd objects", () -> new AbsurdStory(new DeviceStories.QuotaStory()));
  }

  @Test
  void objects_that_make_no_sense_hold_up_no_controller_that_treats_all_kinds_alike() throws InterruptedException {
    sweep("GarbageCollector among absurd objects", () -> new AbsurdStory(new OwnersStory()));
    sweep("StorageVersionMigrator among absurd objects", () -> new AbsurdStory(new VersionStories.MigrationStory()));
    sweep("StorageVersionGC among absurd objects", () -> new AbsurdStory(new VersionStories.ServersStory()));
    sweep("ClusterTrustBundle publisher among absurd objects", () -> new AbsurdStory(new ClusterStories.BundlesStory()));
  }

  @Test
  void objects_that_make_no_sense_hold_up_no_controller_of_sizes_and_shared_things() throws InterruptedException {
    sweep("HorizontalPodAutoscaler among absurd objects", () -> new AbsurdStory(new ScalingStory()));
    sweep("ReplicationController among absurd objects", () -> new AbsurdStory(new SteadyStories.OldSetStory()));
    sweep("SELinuxWarning among absurd objects", () -> new AbsurdStory(new SteadyStories.LabelsStory()));
    sweep("ServiceCIDR among absurd objects", () -> new AbsurdStory(new ClusterStories.AddressesStory()));
    sweep("VolumeAttributesClass protection among absurd objects", () -> new AbsurdStory(new ClusterStories.AttributesStory()));
    sweep("ValidatingAdmissionPolicy status among absurd objects", () -> new AbsurdStory(new ClusterStories.PoliciesStory()));
    sweep("BootstrapSigner, TokenCleaner among absurd objects", () -> new AbsurdStory(new SecretStories.SigningStory()));
    sweep("LegacyServiceAccountTokenCleaner among absurd objects", () -> new AbsurdStory(new SecretStories.LegacyStory()));
  }
}
