package io.kubrig.machinery.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "010.0.0.01, 10.0.0.1",
    "2001:0db8::1, 2001:db8::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "::, ::",
    "::1, ::1",
    "fe80:0:0:0:0:0:0:0, fe80::",
    "1:0:2:0:3:0:4:0, 1:0:2:0:3:0:4:0",
    "::ffff:1.2.3.4, 1.2.3.4",
    "64:ff9b::1.2.3.4, 64:ff9b::102:304"
  })
  void writes_addresses_canonically(String text, String canonical) {
    assertThat(IpAddress.parse(text).orElseThrow()).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "a.b.c.d", "1..2.3", ":::", "1::2::3", "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9", "12345::", "g::"})
  void refuses_what_is_no_address(String text) {
    assertThat(IpAddress.parse(text)).isEmpty();
  }

  @Test
  void knows_special_ranges() {
    assertThat(IpAddress.parse("127.1.2.3").orElseThrow().isLoopback()).isTrue();
    assertThat(IpAddress.parse("169.254.1.1").orElseThrow().isLinkLocalUnicast()).isTrue();
    assertThat(IpAddress.parse("fe80::1").orElseThrow().isLinkLocalUnicast()).isTrue();
    assertThat(IpAddress.parse("fec0::1").orElseThrow().isLinkLocalUnicast()).isFalse();
    assertThat(IpAddress.parse("224.0.0.9").orElseThrow().isLinkLocalMulticast()).isTrue();
    assertThat(IpAddress.parse("ff02::1").orElseThrow().isLinkLocalMulticast()).isTrue();
  }

  @Test
  void ranges_know_their_ends() {
    Cidr range = Cidr.parse("10.96.3.7/12").orElseThrow();
    assertThat(range).hasToString("10.96.0.0/12");
    assertThat(range.last()).hasToString("10.111.255.255");
    assertThat(range.contains(IpAddress.parse("10.100.0.1").orElseThrow())).isTrue();
    assertThat(range.contains(IpAddress.parse("10.112.0.0").orElseThrow())).isFalse();
    assertThat(Cidr.parse("10.0.0.0/33")).isEmpty();
    assertThat(Cidr.parse("2001:db8::/64").orElseThrow().size()).isEqualTo(java.math.BigInteger.TWO.pow(64));
  }
}
