/**
 * Users whom an identity provider vouches for by JSON Web Tokens: {@code --oidc-*} and the {@code jwt} part of an
 * AuthenticationConfiguration (KEP-3331). Flags
 * are turned into such a configuration, so that there is one way.
 */
package io.kubrig.apiserver.authn.oidc;
