package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.ArrayList;
import java.util.List;

/** A claim during a search: what is to be found for it, and what has been chosen. */
final class ClaimPlan {
  private final ResourceClaim claim;
  private final List<Request> requests = new ArrayList<>();
  private final List<Constraint> constraints = new ArrayList<>();
  private final List<Chosen> chosen = new ArrayList<>();

  ClaimPlan(ResourceClaim claim) {
    this.claim = claim;
  }

  ResourceClaim claim() {
    return claim;
  }

  /** {@code namespace/name}. */
  String name() {
    return claim.getMetadata().getNamespace() + "/" + claim.getMetadata().getName();
  }

  List<Request> requests() {
    return requests;
  }

  List<Constraint> constraints() {
    return constraints;
  }

  /** In the order of the search, which is that of the requests. */
  List<Chosen> chosen() {
    return chosen;
  }

  /** A request with one plan, or one for each alternative. */
  static final class Request {
    private final boolean hasAlternatives;
    private final List<Plan> plans = new ArrayList<>();
    private int selected;

    Request(boolean hasAlternatives) {
      this.hasAlternatives = hasAlternatives;
    }

    boolean hasAlternatives() {
      return hasAlternatives;
    }

    List<Plan> plans() {
      return plans;
    }

    void select(int alternative) {
      selected = alternative;
    }

    /** The plan that was carried out. */
    Plan selected() {
      return plans.get(selected);
    }

    /** How many devices it needs at least. */
    int least() {
      return plans.stream().mapToInt(Plan::count).min().orElse(0);
    }
  }
}
