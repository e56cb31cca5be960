/**
 * Whether a user may do what a request asks. {@link io.kubrig.apiserver.authz.Authorizer}s are asked in the order of
 * {@code --authorization-mode}; the first that allows or denies decides. {@code Rbac} resolves roles from a cache that follows the stored
 * objects; {@code NodeAuthorizer} lets kubelets see what belongs to their pods; {@code BootstrapPolicy} holds the default roles;
 * {@code AccessReviews} answers the review APIs.
 */
package io.kubrig.apiserver.authz;
