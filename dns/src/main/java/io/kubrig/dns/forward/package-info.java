/** Names outside the cluster: asked of the host's resolvers, with a cache before them and an eye on loops. */
package io.kubrig.dns.forward;
