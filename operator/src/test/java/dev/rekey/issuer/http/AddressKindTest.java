package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressKindTest {

  @ParameterizedTest
  @CsvSource({
    "1.1.1.1, PUBLIC",
    "100.63.255.255, PUBLIC",
    "100.128.0.0, PUBLIC",
    "172.15.255.255, PUBLIC",
    "172.32.0.0, PUBLIC",
    "198.17.255.255, PUBLIC",
    "223.255.255.255, PUBLIC",
    "127.0.0.1, LOOPBACK",
    "127.255.255.254, LOOPBACK",
    "10.0.0.1, PRIVATE",
    "172.16.0.1, PRIVATE",
    "172.31.255.255, PRIVATE",
    "192.168.1.1, PRIVATE",
    "100.64.0.1, PRIVATE",
    "100.127.255.255, PRIVATE",
    "198.18.0.1, PRIVATE",
    "0.0.0.0, NEVER",
    "0.1.2.3, NEVER",
    "169.254.169.254, NEVER",
    "100.100.100.200, NEVER",
    "192.0.0.192, NEVER",
    "192.0.0.8, NEVER",
    "224.0.0.1, NEVER",
    "240.0.0.1, NEVER",
    "255.255.255.255, NEVER",
  })
  void ofIpv4(String address, AddressKind kind) {
    assertThat(AddressKind.of(InetAddress.ofLiteral(address))).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "2606:4700:4700::1111, PUBLIC",
    "::1, LOOPBACK",
    "fc00::1, PRIVATE",
    "fd12:3456::1, PRIVATE",
    "fec0::1, PRIVATE",
    "::, NEVER",
    "fe80::1, NEVER",
    "ff02::1, NEVER",
    "fd00:ec2::254, NEVER",
    "fd20:ce::254, NEVER",
    "100::1, NEVER",
    "2001::1, NEVER",
    "::ffff:10.0.0.1, PRIVATE",
    "::ffff:127.0.0.1, LOOPBACK",
    "::ffff:169.254.169.254, NEVER",
    "::ffff:1.1.1.1, PUBLIC",
    "::127.0.0.1, LOOPBACK",
    "64:ff9b::10.0.0.1, PRIVATE",
    "64:ff9b::169.254.169.254, NEVER",
    "64:ff9b::1.1.1.1, PUBLIC",
    "64:ff9b:1::1.1.1.1, NEVER",
    "2002:7f00:1::, LOOPBACK",
    "2002:a00:1::, PRIVATE",
    "2002:101:101::, PUBLIC",
  })
  void ofIpv6(String address, AddressKind kind) {
    assertThat(AddressKind.of(InetAddress.ofLiteral(address))).isEqualTo(kind);
  }
}
