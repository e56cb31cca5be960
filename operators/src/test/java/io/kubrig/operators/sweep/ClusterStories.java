package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.certificates.v1beta1.ClusterTrustBundle;
import io.fabric8.kubernetes.api.model.networking.v1.IPAddress;
import io.fabric8.kubernetes.api.model.networking.v1.ServiceCIDR;
import io.fabric8.kubernetes.api.model.storage.VolumeAttributesClass;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.servicecidr.ServiceCidrController;
import io.kubrig.operators.trustbundle.TrustBundlePublisher;
import io.kubrig.operators.validatingadmissionpolicystatus.ValidatingAdmissionPolicyStatusController;
import io.kubrig.operators.volumeprotection.AttributesClassProtectionController;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** The stories of what a whole cluster shares: ranges of addresses, attributes of volumes, roots of trust, policies. */
final class ClusterStories {
  private ClusterStories() {}

  private static <T> Optional<T> any(List<T> some, RandomGenerator random) {
    return some.isEmpty() ? Optional.empty() : Optional.of(some.get(random.nextInt(some.size())));
  }

  private static <T extends HasMetadata> List<T> living(MemoryServer server, Class<T> kind) {
    return Stories.all(server, kind).stream().filter(object -> !Objects.isTerminating(object)).toList();
  }

  /** Ranges that overlap, and addresses in them. An address always has a range, if only one that is being deleted. */
  static final class AddressesStory implements Story {
    private static final String FINALIZER = "networking.k8s.io/service-cidr-finalizer";
    private static final List<String> PREFIXES = List.of("10.96.0.0/24", "10.96.0.0/16", "10.97.0.0/24");
    private int made;
    private boolean users; // whether it is a user who acts

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(ServiceCidrController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      range(server, PREFIXES.getFirst());
    }

    private void range(MemoryServer server, String prefix) {
      server.create(Objects.parse("{\"metadata\": {\"name\": \"range-" + made++ + "\"}, \"spec\": {\"cidrs\": [\"" + prefix + "\"]}}",
          ServiceCIDR.class));
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      users = true;
      List<ServiceCIDR> ranges = living(server, ServiceCIDR.class);
      switch (random.nextInt(6)) {
        case 0 -> any(PREFIXES, random).filter(prefix -> ranges.size() < 5).ifPresent(prefix -> range(server, prefix));
        case 1 -> any(ranges, random).ifPresent(range -> server.delete(range, Map.of(), false));
        case 2, 3 -> any(Stories.all(server, IPAddress.class), random).ifPresent(address -> server.delete(address, Map.of(), false));
        default -> any(ranges, random).ifPresent(range -> {
          String network = range.getSpec().getCidrs().getFirst().substring(0, "10.96.".length());
          String ip = network + "0." + (made++ % 250 + 1);
          if (server.find(IPAddress.class, Key.of(ip)).isEmpty()) {
            server.create(Objects.parse("{\"metadata\": {\"name\": \"" + ip + "\", \"labels\": {\"ipaddress.kubernetes.io/managed-by\":"
                + " \"ipallocator.k8s.io\", \"ipaddress.kubernetes.io/ip-family\": \"IPv4\"}}}", IPAddress.class));
          }
          if (random.nextBoolean()) { // while only few know of the address
            server.delete(range, Map.of(), false);
          }
        });
      }
      users = false;
    }

    private static boolean contains(ServiceCIDR range, IPAddress address) {
      String cidr = range.getSpec().getCidrs().getFirst();
      return address.getMetadata().getName().startsWith(cidr.substring(0, cidr.endsWith("/16") ? 6 : 8));
    }

    /** The addresses that would have no range without this one. */
    private static Stream<IPAddress> only(MemoryServer server, ServiceCIDR range) {
      List<ServiceCIDR> others = Stories.all(server, ServiceCIDR.class).stream()
          .filter(other -> !other.getMetadata().getName().equals(range.getMetadata().getName())).toList();
      return Stories.all(server, IPAddress.class).stream().filter(address -> contains(range, address))
          .filter(address -> others.stream().noneMatch(other -> contains(other, address)));
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (!users && change.after() == null && change.before() instanceof ServiceCIDR gone) {
        assertThat(only(server, gone)).as("addresses of %s, which goes", Key.of(gone)).isEmpty();
      }
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, ServiceCIDR.class)).allSatisfy(range -> {
        boolean ends = Objects.isTerminating(range);
        assertThat(range.getMetadata().getFinalizers()).containsExactly(FINALIZER);
        assertThat(range.getStatus().getConditions()).as("conditions of %s", Key.of(range)).singleElement()
            .satisfies(condition -> assertThat(condition.getStatus()).isEqualTo(ends ? "False" : "True"));
        assertThat(!ends || only(server, range).findAny().isPresent()).as("%s has gone unless it is needed", Key.of(range)).isTrue();
      });
    }
  }

  /** Classes of attributes, and the claims and volumes that name them. */
  static final class AttributesStory implements Story {
    private static final String FINALIZER = "kubernetes.io/vac-protection";
    private int made;
    private boolean users; // whether it is a user who acts

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(AttributesClassProtectionController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      make(server);
    }

    private void make(MemoryServer server) {
      server.create(Objects.parse("{\"metadata\": {\"name\": \"class-" + made++ + "\"}, \"driverName\": \"d.example\"}",
          VolumeAttributesClass.class));
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      users = true;
      List<VolumeAttributesClass> classes = living(server, VolumeAttributesClass.class);
      Optional<String> name = any(classes, random).map(found -> found.getMetadata().getName());
      switch (random.nextInt(7)) {
        case 0 -> make(server);
        case 1 -> any(classes, random).ifPresent(found -> server.delete(found, Map.of(), false));
        case 2, 3 -> any(classes, random).ifPresent(named -> {
          server.create(Objects.parse("{\"metadata\": {\"name\": \"claim-" + made++ + "\", \"namespace\": \"ns\"}, \"spec\": {"
              + "\"volumeAttributesClassName\": \"" + named.getMetadata().getName() + "\"}}", PersistentVolumeClaim.class));
          if (random.nextBoolean()) { // while only few know of the claim
            server.delete(named, Map.of(), false);
          }
        });
        case 4 -> name.ifPresent(of -> server.create(Objects.parse("{\"metadata\": {\"name\": \"volume-" + made++
            + "\"}, \"spec\": {\"volumeAttributesClassName\": \"" + of + "\"}}", PersistentVolume.class)));
        case 5 -> any(Stories.all(server, PersistentVolumeClaim.class), random).ifPresent(it -> server.delete(it, Map.of(), false));
        default -> any(Stories.all(server, PersistentVolume.class), random).ifPresent(it -> server.delete(it, Map.of(), false));
      }
      users = false;
    }

    private static boolean isNamed(MemoryServer server, VolumeAttributesClass by) {
      String name = by.getMetadata().getName();
      return Stories.all(server, PersistentVolumeClaim.class).stream()
          .anyMatch(c -> name.equals(c.getSpec().getVolumeAttributesClassName()))
          || Stories.all(server, PersistentVolume.class).stream().anyMatch(v -> name.equals(v.getSpec().getVolumeAttributesClassName()));
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (!users && change.after() == null && change.before() instanceof VolumeAttributesClass gone) {
        assertThat(isNamed(server, gone)).as("whether %s, which goes, is needed", Key.of(gone)).isFalse();
      }
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, VolumeAttributesClass.class)).allSatisfy(left -> {
        assertThat(left.getMetadata().getFinalizers()).containsExactly(FINALIZER);
        assertThat(!Objects.isTerminating(left) || isNamed(server, left)).as("%s has gone unless it is needed", Key.of(left)).isTrue();
      });
    }
  }

  /** The bundle of our root, earlier ones of it, and bundles of others. */
  static final class BundlesStory implements Story {
    private static final String SIGNER = "kubernetes.io/kube-apiserver-serving";
    private final String root = root();
    private int made;
    private boolean users; // whether it is a user who acts

    private static String root() {
      try {
        return Files.readString(TrustStories.FILES.resolve("ca.crt"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(TrustBundlePublisher::new);
    }

    @Override
    public List<Class<? extends HasMetadata>> kinds() {
      return List.of(ClusterTrustBundle.class);
    }

    @Override
    public boolean watches() {
      return true;
    }

    @Override
    public ControllerManagerOptions options() {
      return ControllerManagerOptions.parse("--feature-gates=ClusterTrustBundle=true",
          "--root-ca-file=" + TrustStories.FILES.resolve("ca.crt"));
    }

    @Override
    public void begin(MemoryServer server) {
      make(server, "example.com/other");
    }

    private void make(MemoryServer server, String signer) {
      server.create(Objects.parse("{\"metadata\": {\"name\": \"" + signer.replace('/', ':') + ":" + made++
          + "\"}, \"spec\": {\"signerName\": \""
          + signer + "\", \"trustBundle\": \"earlier\"}}", ClusterTrustBundle.class));
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      users = true;
      Optional<ClusterTrustBundle> bundle = any(Stories.all(server, ClusterTrustBundle.class), random);
      switch (random.nextInt(5)) {
        case 0 -> make(server, "example.com/other");
        case 1 -> make(server, SIGNER);
        case 2, 3 -> bundle.ifPresent(found -> server.delete(found, Map.of(), false));
        default -> bundle.ifPresent(found -> server.update(MemoryServer.edit(found, tree -> tree.withObjectProperty("spec")
            .put("trustBundle", "changed-" + made++)), false));
      }
      users = false;
    }

    private boolean isGood(ClusterTrustBundle bundle) {
      return bundle.getSpec().getSignerName().equals(SIGNER) && bundle.getSpec().getTrustBundle().equals(root);
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (!users && change.before() instanceof ClusterTrustBundle before) {
        assertThat(before.getSpec().getSignerName()).as("the signer of %s", Key.of(before)).isEqualTo(SIGNER);
        assertThat(isGood(before)).as("whether %s is as it must be", Key.of(before)).isFalse();
      }
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, ClusterTrustBundle.class)).filteredOn(bundle -> bundle.getSpec().getSignerName().equals(SIGNER))
          .singleElement().matches(this::isGood);
    }
  }

  /** Policies whose expressions fit their kind, or do not. */
  static final class PoliciesStory implements Story {
    private static final String DOCUMENT = """
        {"components": {"schemas": {"io.k8s.api.core.v1.ConfigMap": {"type": "object", "properties": {"data": {"type": "object",
          "additionalProperties": {"type": "string"}}},
          "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "ConfigMap"}]}}}}
        """;
    private static final String GOOD = "has(object.data)";
    private static final String BAD = "object.nonsense == 1";
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(ValidatingAdmissionPolicyStatusController::new);
    }

    @Override
    public List<Class<? extends HasMetadata>> kinds() {
      return List.of(ConfigMap.class, ValidatingAdmissionPolicy.class);
    }

    @Override
    public Optional<String> document(MemoryServer server, String path) {
      return path.equals("/openapi/v3/api/v1") ? Optional.of(DOCUMENT) : Optional.empty();
    }

    @Override
    public void begin(MemoryServer server) {
      make(server, BAD);
    }

    private void make(MemoryServer server, String expression) {
      server.create(Objects.parse("""
          {"metadata": {"name": "policy-%d"}, "spec": {"validations": [{"expression": "%s"}], "matchConstraints": {"resourceRules": [
            {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}]}}}
          """.formatted(made++, expression), ValidatingAdmissionPolicy.class));
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      Optional<ValidatingAdmissionPolicy> policy = any(Stories.all(server, ValidatingAdmissionPolicy.class), random);
      String expression = random.nextBoolean() ? GOOD : BAD;
      switch (random.nextInt(4)) {
        case 0 -> make(server, expression);
        case 1 -> policy.ifPresent(found -> server.delete(found, Map.of(), false));
        default -> policy.ifPresent(found -> server.update(MemoryServer.edit(found, tree -> tree.withObjectProperty("spec")
            .putArray("validations").addObject().put("expression", expression)), false));
      }
    }

    private static long observed(HasMetadata object) {
      return object instanceof ValidatingAdmissionPolicy policy && policy.getStatus() != null
          && policy.getStatus().getObservedGeneration() != null ? policy.getStatus().getObservedGeneration() : 0;
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof ValidatingAdmissionPolicy after) {
        assertThat(observed(after)).as("the generation of %s that was checked", Key.of(after))
            .isBetween(change.before() == null ? 0 : observed(change.before()), after.getMetadata().getGeneration());
        check(after);
      }
    }

    /** Whether the status is what the expression of the checked generation deserves. */
    private static void check(ValidatingAdmissionPolicy policy) {
      if (observed(policy) == policy.getMetadata().getGeneration()) {
        boolean bad = policy.getSpec().getValidations().getFirst().getExpression().equals(BAD);
        var checking = policy.getStatus().getTypeChecking();
        assertThat(checking != null && !Objects.orEmpty(checking.getExpressionWarnings()).isEmpty())
            .as("whether %s has warnings", Key.of(policy)).isEqualTo(bad);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, ValidatingAdmissionPolicy.class)).allSatisfy(policy -> {
        assertThat(observed(policy)).isEqualTo(policy.getMetadata().getGeneration());
        check(policy);
      });
    }
  }
}
