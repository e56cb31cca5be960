package io.kubrig.apiserver.validation;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.machinery.network.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What IP addresses and CIDRs must look like. (Source: apimachinery/pkg/util/validation/ip.go, ValidateEndpointIP of core validation.) */
public final class Addresses {
  private static final String NOT_AN_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
  private static final String NOT_A_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

  private Addresses() {}

  /** An address in a field that has always taken any notation. */
  public static Optional<IpAddress> lenient(String value, FieldPath path, FieldErrors errors) {
    Optional<IpAddress> address = IpAddress.parse(value);
    if (address.isEmpty()) {
      errors.invalid(path, value, NOT_AN_IP);
    }
    return address;
  }

  /** An address that must be written canonically. */
  public static Optional<IpAddress> strict(String value, FieldPath path, FieldErrors errors) {
    Optional<IpAddress> address = lenient(value, path, errors);
    if (address.isEmpty()) {
      return address;
    }
    if (IpAddress.hasLeadingZeros(value)) {
      errors.invalid(path, value, "must not have leading 0s");
      return Optional.empty();
    }
    if (IpAddress.isMapped(value)) {
      errors.invalid(path, value, "must not be an IPv4-mapped IPv6 address");
      return Optional.empty();
    }
    if (!address.get().toString().equals(value)) {
      errors.invalid(path, value, "must be in canonical form (\"" + address.get() + "\")");
    }
    return address;
  }

  /** The address of an interface with the length of its prefix, written canonically. */
  public static void ofInterface(String value, FieldPath path, FieldErrors errors) {
    Optional<Cidr> parsed = Cidr.parse(value);
    if (parsed.isEmpty()) {
      errors.invalid(path, value, "must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)");
      return;
    }
    String canonical = parsed.get().address() + "/" + parsed.get().prefixLength();
    if (!value.equals(canonical)) {
      errors.invalid(path, value, "must be in canonical form (" + FieldErrors.quoted(canonical) + ")");
    }
  }

  /** A range in a field that has always taken any notation. */
  public static Optional<Cidr> lenientCidr(String value, FieldPath path, FieldErrors errors) {
    Optional<Cidr> cidr = Cidr.parse(value);
    if (cidr.isEmpty()) {
      errors.invalid(path, value, NOT_A_CIDR);
    }
    return cidr;
  }

  /** A range that must be written canonically. */
  public static Optional<Cidr> strictCidr(String value, FieldPath path, FieldErrors errors) {
    Optional<Cidr> cidr = lenientCidr(value, path, errors);
    if (cidr.isEmpty()) {
      return cidr;
    }
    String base = value.substring(0, value.indexOf('/'));
    String length = value.substring(value.indexOf('/') + 1);
    if (IpAddress.hasLeadingZeros(base) || (length.length() > 1 && length.startsWith("0"))) {
      errors.invalid(path, value, "must not have leading 0s in IP or prefix length");
      return Optional.empty();
    }
    if (IpAddress.isMapped(base)) {
      errors.invalid(path, value, "must not have an IPv4-mapped IPv6 address");
      return Optional.empty();
    }
    if (!cidr.get().network().equals(cidr.get().address())) {
      errors.invalid(path, value, "must not have bits set beyond the prefix length");
      return Optional.empty();
    }
    if (!cidr.get().toString().equals(value)) {
      errors.invalid(path, value, "must be in canonical form (\"" + cidr.get() + "\")");
    }
    return cidr;
  }

  /** An address at which something else than this machine can be reached. */
  public static void reachable(String value, FieldPath path, FieldErrors errors) {
    Optional<IpAddress> parsed = IpAddress.parse(value);
    if (parsed.isEmpty()) {
      errors.invalid(path, value, "must be a valid IP address");
      return;
    }
    IpAddress address = parsed.get();
    if (address.isUnspecified()) {
      errors.invalid(path, value, "may not be unspecified (" + (address.v6() ? "::" : value) + ")");
    }
    if (address.isLoopback()) {
      errors.invalid(path, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
    }
    if (address.isLinkLocalUnicast()) {
      errors.invalid(path, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    }
    if (address.isLinkLocalMulticast()) {
      errors.invalid(path, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }
  }

  /** Warnings for an address that is accepted but not written as it should be. */
  public static List<String> warnings(String value, String path) {
    Optional<IpAddress> address = IpAddress.parse(value);
    if (address.isEmpty()) {
      return List.of();
    }
    if (IpAddress.hasLeadingZeros(value) || IpAddress.isMapped(value)) {
      return List.of(path + ": non-standard IP address \"" + value + "\" is invalid: use \"" + address.get() + "\"");
    }
    if (!address.get().toString().equals(value)) {
      return List.of(path + ": IPv6 address \"" + value + "\" should be in RFC 5952 canonical format (\"" + address.get() + "\")");
    }
    return List.of();
  }

  /** Warnings for a range that is accepted but not written as it should be. */
  public static List<String> cidrWarnings(String value, String path) {
    Optional<Cidr> parsed = Cidr.parse(value);
    if (parsed.isEmpty()) {
      return List.of();
    }
    Cidr cidr = parsed.get();
    List<String> warnings = new ArrayList<>();
    if (!cidr.address().equals(cidr.network())) {
      warnings.add(
          path + ": CIDR value \"" + value + "\" is ambiguous in this context (should be \"" + cidr + "\" or \"" + cidr.address() + "/"
              + cidr.address().bits() + "\"?)");
    }
    String base = value.substring(0, value.indexOf('/'));
    if (IpAddress.hasLeadingZeros(base) || IpAddress.isMapped(base) || value.matches(".*/0\\d+")) {
      warnings.add(path + ": non-standard CIDR value \"" + value + "\" is invalid: use \"" + cidr + "\"");
    }
    if (warnings.isEmpty() && cidr.v6() && !cidr.toString().equals(value)) {
      warnings.add(path + ": IPv6 CIDR value \"" + value + "\" should be in RFC 5952 canonical format (\"" + cidr + "\")");
    }
    return warnings;
  }
}
