package io.kubrig.standalone.kubeadm;

import io.kubrig.machinery.component.StartException;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * The addresses and the domain of a cluster.
 *
 * @param serviceSubnet where Services get their addresses, such as {@code 10.96.0.0/12}
 * @param podSubnet where pods get theirs; every node has a part of 256 addresses
 * @param dnsDomain the domain of Services
 */
public record Networking(String serviceSubnet, String podSubnet, String dnsDomain) {
  /** What is taken when nothing is said. */
  public static final Networking STANDARD = new Networking("10.96.0.0/12", "10.244.0.0/16", "cluster.local");

  private static final int IPV4_BITS = 32;
  private static final int SMALLEST_SERVICE_RANGE = 28;
  private static final int NODE_BITS = 24;
  private static final int DNS_NUMBER = 10;
  private static final String DOMAIN = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

  /** @throws StartException when a value cannot be used; the message names its flag */
  public Networking {
    check("--service-cidr", serviceSubnet, SMALLEST_SERVICE_RANGE, "at least 16 addresses (/28 or wider)");
    check("--pod-network-cidr", podSubnet, NODE_BITS, "at least the 256 addresses of one node (/24 or wider)");
    if (!dnsDomain.matches(DOMAIN)) {
      throw new StartException("--service-dns-domain \"" + dnsDomain + "\" is no DNS name: lower case letters, digits, '-' and '.', "
          + "such as cluster.local");
    }
  }

  private static void check(String flag, String range, int longest, String needs) {
    String[] parts = range.split("/", 2);
    int bits = parts.length == 2 && parts[1].matches("\\d{1,3}") ? Integer.parseInt(parts[1]) : -1;
    boolean isAddress = parts[0].matches("[0-9.]+") && parse(parts[0]) != null;
    if (!isAddress || bits < 0 || bits > IPV4_BITS) {
      throw new StartException(flag + " \"" + range + "\" is no range of IPv4 addresses, such as 10.96.0.0/12");
    }
    if (bits > longest) {
      throw new StartException(flag + " \"" + range + "\" is too small: it needs " + needs);
    }
  }

  private static byte[] parse(String address) {
    try {
      return InetAddress.ofLiteral(address) instanceof Inet4Address found ? found.getAddress() : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** The address of the Service {@code kubernetes}: the first of the range. */
  public InetAddress kubernetesService() {
    return nth(serviceSubnet, 1);
  }

  /** The address of the Service {@code kube-dns}: the tenth of the range. */
  public InetAddress clusterDns() {
    return nth(serviceSubnet, DNS_NUMBER);
  }

  /** The range that the node IPAM controller gives the first node. */
  public String firstNodeRange() {
    return nth(podSubnet, 0).getHostAddress() + "/" + NODE_BITS;
  }

  private static InetAddress nth(String range, int number) {
    String[] parts = range.split("/", 2);
    BigInteger network = new BigInteger(1, parse(parts[0]));
    int host = IPV4_BITS - Integer.parseInt(parts[1]);
    byte[] sum = network.shiftRight(host).shiftLeft(host).add(BigInteger.valueOf(number)).toByteArray();
    byte[] address = new byte[4];
    byte[] tail = sum.length > 4 ? Arrays.copyOfRange(sum, sum.length - 4, sum.length) : sum;
    System.arraycopy(tail, 0, address, 4 - tail.length, tail.length);
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four octets are an address", e);
    }
  }
}
