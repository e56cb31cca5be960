package io.kubrig.machinery.cel;

import static io.kubrig.machinery.cel.CelFunctions.text;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import io.kubrig.machinery.cel.CelFunctions.Failure;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.machinery.network.IpAddress;
import java.util.Locale;

/** Addresses and ranges of addresses. (Source: apiserver/pkg/cel/library/{ip,cidr}.go.) */
final class AddressLibrary {
  private static final CelType BOOL = SimpleType.BOOL;
  private static final CelType STRING = SimpleType.STRING;
  private static final CelType INT = SimpleType.INT;

  private AddressLibrary() {}

  static void addTo(CelFunctions functions) {
    CelType ip = CelTypes.IP;
    functions.type(ip, IpAddress.class);
    functions.global("ip", "string_to_ip", ip, a -> ip(text(a, 0)), STRING);
    functions.global("isIP", "is_ip", BOOL, a -> isIp(text(a, 0)), STRING);
    functions.global("ip.isCanonical", "ip_is_canonical", BOOL, a -> ip(text(a, 0)).toString().equals(a[0]), STRING);
    functions.global("string", "ip_to_string", STRING, a -> a[0].toString(), ip);
    functions.member("family", "ip_family", INT, a -> ((IpAddress) a[0]).v6() ? 6L : 4L, ip);
    functions.member("isUnspecified", "ip_is_unspecified", BOOL, a -> ((IpAddress) a[0]).isUnspecified(), ip);
    functions.member("isLoopback", "ip_is_loopback", BOOL, a -> ((IpAddress) a[0]).isLoopback(), ip);
    functions.member("isLinkLocalMulticast", "ip_is_link_local_multicast", BOOL, a -> ((IpAddress) a[0]).isLinkLocalMulticast(), ip);
    functions.member("isLinkLocalUnicast", "ip_is_link_local_unicast", BOOL, a -> ((IpAddress) a[0]).isLinkLocalUnicast(), ip);
    functions.member("isGlobalUnicast", "ip_is_global_unicast", BOOL, a -> isGlobalUnicast((IpAddress) a[0]), ip);

    CelType cidr = CelTypes.CIDR;
    functions.type(cidr, Cidr.class);
    functions.global("cidr", "string_to_cidr", cidr, a -> cidr(text(a, 0)), STRING);
    functions.global("isCIDR", "is_cidr", BOOL, a -> Cidr.parse(text(a, 0)).isPresent(), STRING);
    functions.global("string", "cidr_to_string", STRING, a -> a[0].toString(), cidr);
    functions.member("containsIP", "cidr_contains_ip_string", BOOL, a -> ((Cidr) a[0]).contains(ip(text(a, 1))), cidr, STRING);
    functions.member("containsIP", "cidr_contains_ip_ip", BOOL, a -> ((Cidr) a[0]).contains((IpAddress) a[1]), cidr, ip);
    functions.member("containsCIDR", "cidr_contains_cidr_string", BOOL, a -> ((Cidr) a[0]).contains(cidr(text(a, 1))), cidr, STRING);
    functions.member("containsCIDR", "cidr_contains_cidr", BOOL, a -> ((Cidr) a[0]).contains((Cidr) a[1]), cidr, cidr);
    functions.member("ip", "cidr_ip", ip, a -> ((Cidr) a[0]).address(), cidr);
    functions.member("prefixLength", "cidr_prefix_length", INT, a -> (long) ((Cidr) a[0]).prefixLength(), cidr);
    functions.member("masked", "cidr_masked", cidr, a -> new Cidr(((Cidr) a[0]).network(), ((Cidr) a[0]).prefixLength()), cidr);
  }

  private static boolean isIp(String text) {
    return !IpAddress.isMapped(text) && !text.contains("%") && IpAddress.parse(text).isPresent();
  }

  private static IpAddress ip(String text) {
    if (IpAddress.isMapped(text)) {
      throw new Failure("IPv4-mapped IPv6 address is not allowed");
    }
    if (text.contains("%")) {
      throw new Failure("IP address with zone value is not allowed");
    }
    return IpAddress.parse(text)
        .orElseThrow(() -> new Failure("IP Address \"" + text + "\" parse error during conversion from string: ParseAddr(\"" + text
            + "\"): unable to parse IP"));
  }

  private static Cidr cidr(String text) {
    return Cidr.parse(text)
        .orElseThrow(() -> new Failure("network address parse error during conversion from string: netip.ParsePrefix(\"" + text
            + "\"): no '/'"));
  }

  private static boolean isGlobalUnicast(IpAddress address) {
    String text = address.toString();
    boolean multicast = address.v6() ? text.toLowerCase(Locale.ROOT).startsWith("ff") : leading(text) >= 224
        && leading(text) < 240;
    return !multicast && !address.isUnspecified() && !address.isLoopback() && !address.isLinkLocalUnicast()
        && !text.equals("255.255.255.255");
  }

  private static int leading(String text) {
    return Integer.parseInt(text.substring(0, text.indexOf('.')));
  }
}
