package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How kubelets are reached.
 *
 * @param tls with the server's client certificate
 * @param verify whether kubelets' certificates are verified
 * @param addressTypes in the order of preference
 * @param local those that need no network
 */
public record Kubelets(SSLContext tls, boolean verify, List<String> addressTypes, Duration timeout, LocalKubelets local) {
  private static final long DEFAULT_PORT = 10250;

  /** Kubelets that are all reached over the network. */
  public Kubelets(SSLContext tls, boolean verify, List<String> addressTypes, Duration timeout) {
    this(tls, verify, addressTypes, timeout, LocalKubelets.NONE);
  }

  /** Nothing but kubelets of this process. */
  public static Kubelets only(LocalKubelets local) {
    return new Kubelets(null, false, List.of(), Duration.ZERO, local);
  }

  /** The same, and kubelets of this process. */
  public Kubelets with(LocalKubelets those) {
    return new Kubelets(tls, verify, addressTypes, timeout, those);
  }

  /** The kubelet of a node, if it is one of this process. */
  Optional<Handler> local(ObjectReader objects, String node, String resource) {
    Optional<Handler> kubelet = local.of(node);
    if (kubelet.isPresent() && objects.get("", "nodes", "", node).isEmpty()) {
      throw ApiException.notFound("", resource, node);
    }
    return kubelet;
  }

  /** @param resource what the request is about: it is said to be missing when the node is */
  Backend of(ObjectReader objects, String node, String resource) {
    Tree object = objects.get("", "nodes", "", node).orElseThrow(() -> ApiException.notFound("", resource, node));
    long port = object.at("status", "daemonEndpoints", "kubeletEndpoint").integer("Port", DEFAULT_PORT);
    return new Backend(address(object, node), (int) (port == 0 ? DEFAULT_PORT : port), tls, verify);
  }

  private String address(Tree node, String name) {
    List<Tree> addresses = node.tree("status").trees("addresses");
    for (String type : addressTypes) {
      for (Tree address : addresses) {
        if (address.string("type").equals(type)) {
          return address.string("address");
        }
      }
    }
    throw new ApiException(500, "", "no preferred addresses found; known addresses: " + addresses, new Tree());
  }
}
