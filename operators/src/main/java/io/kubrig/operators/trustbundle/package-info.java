/** The certificate authority of the API server, published as a ClusterTrustBundle (KEP-3257), behind the gate ClusterTrustBundle. */
package io.kubrig.operators.trustbundle;
