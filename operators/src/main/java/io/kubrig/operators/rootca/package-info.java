/** The certificate authority of the API server, published in every namespace as the ConfigMap kube-root-ca.crt. */
package io.kubrig.operators.rootca;
