/** Routes to the pods of each node, as a cloud provider makes them ({@link io.kubrig.operators.cloud.Routes}), and the nodes' condition. */
package io.kubrig.operators.noderoute;
