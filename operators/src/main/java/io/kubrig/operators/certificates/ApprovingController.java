package io.kubrig.operators.certificates;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestSpec;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.CertificateRequest;
import io.kubrig.machinery.pki.PkiException;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Approves the client certificates that kubelets ask for, where the authorizer lets them. */
public final class ApprovingController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(ApprovingController.class);

  private final Api api;
  private final Clock clock;
  private final Cached<CertificateSigningRequest> requests;

  /** A controller in a manager. */
  public ApprovingController(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.requests = context.caches().of(CertificateSigningRequest.class);
  }

  @Override
  public void watch(Queue queue) {
    requests.watch(added -> queue.add(Key.of(added)), (before, after) -> queue.add(Key.of(after)), gone -> { });
  }

  @Override
  public Retries retries() {
    return new Retries(Duration.ofMillis(200), Duration.ofSeconds(1000));
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<CertificateSigningRequest> request = requests.get(key)
        .filter(r -> !Requests.has(r, Requests.APPROVED) && !Requests.has(r, Requests.DENIED) && Requests.certificate(r).isEmpty());
    return request.filter(r -> Signer.of(r.getSpec().getSignerName()).filter(s -> s == Signer.KUBELET_CLIENT).isPresent())
        .map(this::judge).orElse(Outcome.DONE);
  }

  private Outcome judge(CertificateSigningRequest request) {
    CertificateRequest wanted;
    try {
      wanted = Requests.parse(request);
    } catch (PkiException e) {
      LOG.warn("csrapproving: {} cannot be read: {}", request.getMetadata().getName(), e.getMessage());
      return Outcome.DONE;
    }
    if (Signer.KUBELET_CLIENT.objection(wanted, new LinkedHashSet<>(Objects.orEmpty(request.getSpec().getUsages()))).isPresent()) {
      return Outcome.DONE;
    }
    boolean self = wanted.commonName().equals(request.getSpec().getUsername());
    if (self && mayCreate(request.getSpec(), "selfnodeclient")) {
      approve(request, "Auto approving self kubelet client certificate after SubjectAccessReview.");
      return Outcome.DONE;
    }
    if (mayCreate(request.getSpec(), "nodeclient")) {
      approve(request, "Auto approving kubelet client certificate after SubjectAccessReview.");
      return Outcome.DONE;
    }
    return Outcome.RETRY; // the permission may come later
  }

  private boolean mayCreate(CertificateSigningRequestSpec spec, String subresource) {
    SubjectAccessReview review = new SubjectAccessReviewBuilder().withNewSpec().withUser(spec.getUsername()).withUid(spec.getUid())
        .withGroups(spec.getGroups()).withExtra(spec.getExtra())
        .withNewResourceAttributes().withGroup("certificates.k8s.io").withResource("certificatesigningrequests").withVerb("create")
        .withSubresource(subresource).withVersion("*").endResourceAttributes().endSpec().build();
    SubjectAccessReview answer = api.client().resource(review).create();
    return answer.getStatus() != null && Boolean.TRUE.equals(answer.getStatus().getAllowed());
  }

  private void approve(CertificateSigningRequest request, String message) {
    String now = Objects.time(clock.now());
    CertificateSigningRequest approved = new CertificateSigningRequestBuilder(Objects.copy(request)).editOrNewStatus().addNewCondition()
        .withType(Requests.APPROVED).withStatus("True").withReason("AutoApproved").withMessage(message).withLastUpdateTime(now)
        .withLastTransitionTime(now).endCondition().endStatus().build();
    api.client().raw("/apis/certificates.k8s.io/v1/certificatesigningrequests/" + request.getMetadata().getName() + "/approval", "PUT",
        approved);
  }
}
