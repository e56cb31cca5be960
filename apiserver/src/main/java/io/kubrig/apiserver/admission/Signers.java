package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Authorizer;

/**
 * What one may do in the name of a signer: asked for the signer itself, then for all of its domain. (Source: pkg/apis/certificates
 * authorization.)
 */
final class Signers {
  private Signers() {}

  static boolean permits(Authorizer authorizer, UserInfo user, String verb, String signer) {
    int slash = signer.indexOf('/');
    String domain = slash < 0 ? signer : signer.substring(0, slash);
    return permitsNamed(authorizer, user, verb, signer) || permitsNamed(authorizer, user, verb, domain + "/*");
  }

  private static boolean permitsNamed(Authorizer authorizer, UserInfo user, String verb, String name) {
    return authorizer.authorize(Attributes.resource(user, verb, "certificates.k8s.io", "*", "", "signers", "", name)).allows();
  }
}
