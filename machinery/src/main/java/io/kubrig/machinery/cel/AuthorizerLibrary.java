package io.kubrig.machinery.cel;

import static io.kubrig.machinery.cel.CelFunctions.text;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import java.util.List;

/** Whether somebody may do something. (Source: apiserver/pkg/cel/library/authz.go.) */
public final class AuthorizerLibrary {
  private static final CelType AUTHORIZER = OpaqueType.create("kubernetes.authorization.Authorizer");
  private static final CelType PATH_CHECK = OpaqueType.create("kubernetes.authorization.PathCheck");
  private static final CelType GROUP_CHECK = OpaqueType.create("kubernetes.authorization.GroupCheck");
  private static final CelType RESOURCE_CHECK = OpaqueType.create("kubernetes.authorization.ResourceCheck");
  private static final CelType DECISION = OpaqueType.create("kubernetes.authorization.Decision");

  private AuthorizerLibrary() {}

  /** What an authorizer is to the compiler. */
  public static CelType authorizer() {
    return AUTHORIZER;
  }

  /** The check of a request's own resource. */
  public static CelType resourceCheck() {
    return RESOURCE_CHECK;
  }

  /** Answers a check. */
  @FunctionalInterface
  public interface Judge {
    Decision judge(Check check, String verb);
  }

  /**
   * What is asked, step by step; fields that were not set are "".
   *
   * @param path of a request that is for no resource
   * @param serviceAccount {@code namespace:name} of whom to ask about instead of the requester
   */
  public record Check(
      Judge judge, String serviceAccount, String path, String group, String resource, String subresource, String namespace, String name) {

    /** About the requester, nothing asked yet. */
    public static Check of(Judge judge) {
      return new Check(judge, "", "", "", "", "", "", "");
    }

    public Check withResource(String newGroup, String newResource, String newSubresource, String newNamespace, String newName) {
      return new Check(judge, serviceAccount, path, newGroup, newResource, newSubresource, newNamespace, newName);
    }

    private Check withPath(String newPath) {
      return new Check(judge, serviceAccount, newPath, group, resource, subresource, namespace, name);
    }

    private Check withAccount(String account) {
      return new Check(judge, account, path, group, resource, subresource, namespace, name);
    }
  }

  /** The answer. */
  public record Decision(boolean allowed, String reason, String error) {}

  /** Adds the functions to a language. */
  public static void addTo(CelFunctions functions) {
    List.of(AUTHORIZER, PATH_CHECK, GROUP_CHECK, RESOURCE_CHECK).forEach(type -> functions.type(type, Check.class));
    functions.type(DECISION, Decision.class);
    CelType string = SimpleType.STRING;
    CelType authorizer = AUTHORIZER;
    CelType resource = RESOURCE_CHECK;
    CelType decision = DECISION;
    functions.member("path", "authorizer_path", PATH_CHECK, a -> check(a).withPath(text(a, 1)), authorizer, string);
    functions.member("group", "authorizer_group", GROUP_CHECK, a -> check(a).withResource(text(a, 1), "", "", "", ""), authorizer, string);
    functions.member(
        "serviceAccount", "authorizer_serviceaccount", authorizer, a -> check(a).withAccount(text(a, 1) + ":" + text(a, 2)), authorizer,
            string, string);
    functions.member(
        "resource", "groupcheck_resource", resource, a -> check(a).withResource(check(a).group(), text(a, 1), "", "", ""), GROUP_CHECK,
            string);
    functions.member(
        "subresource",
        "resourcecheck_subresource",
        resource,
        a -> check(a).withResource(check(a).group(), check(a).resource(), text(a, 1), check(a).namespace(), check(a).name()),
        resource,
        string);
    functions.member(
        "namespace",
        "resourcecheck_namespace",
        resource,
        a -> check(a).withResource(check(a).group(), check(a).resource(), check(a).subresource(), text(a, 1), check(a).name()),
        resource,
        string);
    functions.member(
        "name",
        "resourcecheck_name",
        resource,
        a -> check(a).withResource(check(a).group(), check(a).resource(), check(a).subresource(), check(a).namespace(), text(a, 1)),
        resource,
        string);
    functions.member("fieldSelector", "authorizer_fieldselector", resource, a -> a[0], resource, string);
    functions.member("labelSelector", "authorizer_labelselector", resource, a -> a[0], resource, string);
    functions.member("check", "pathcheck_check", decision, a -> check(a).judge().judge(check(a), text(a, 1)), PATH_CHECK, string);
    functions.member("check", "resourcecheck_check", decision, a -> check(a).judge().judge(check(a), text(a, 1)), resource, string);
    functions.member("allowed", "decision_allowed", SimpleType.BOOL, a -> ((Decision) a[0]).allowed(), decision);
    functions.member("reason", "decision_reason", string, a -> ((Decision) a[0]).reason(), decision);
    functions.member("errored", "decision_errored", SimpleType.BOOL, a -> !((Decision) a[0]).error().isEmpty(), decision);
    functions.member("error", "decision_error", string, a -> ((Decision) a[0]).error(), decision);
  }

  private static Check check(Object[] arguments) {
    return (Check) arguments[0];
  }
}
