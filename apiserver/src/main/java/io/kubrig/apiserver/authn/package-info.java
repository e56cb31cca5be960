/**
 * Who asks. {@link io.kubrig.apiserver.authn.RequestAuthenticator}s read an exchange; {@link io.kubrig.apiserver.authn.TokenAuthenticator}s
 * know one sort of bearer token each; {@link io.kubrig.apiserver.authn.Authenticators} puts them in native's order; {@code Impersonation}
 * then lets those who may act as somebody else. Tokens are never logged and never part of an error.
 */
package io.kubrig.apiserver.authn;
