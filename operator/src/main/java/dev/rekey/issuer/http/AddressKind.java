package dev.rekey.issuer.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/** What kind of place an IP address is, for somebody who must not be led to the wrong one. */
enum AddressKind {
  /** On the internet. */
  PUBLIC("public"),
  /** The operator's own host. */
  LOOPBACK("loopback"),
  /** A private network, as those of clusters are; shared address space (RFC 6598) as well. */
  PRIVATE("private"),
  /** Link-local, any-local, multicast, metadata services of clouds, reserved: never an issuer. */
  NEVER("link-local, multicast or reserved");

  /** Metadata services that are not link-local: they would hand out the node's own credentials. */
  private static final List<InetAddress> METADATA =
      List.of(
          InetAddress.ofLiteral("100.100.100.200"),
          InetAddress.ofLiteral("192.0.0.192"),
          InetAddress.ofLiteral("fd00:ec2::254"),
          InetAddress.ofLiteral("fd20:ce::254"));

  private final String words;

  AddressKind(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  static AddressKind of(InetAddress address) {
    if (METADATA.contains(address)
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()) {
      return NEVER;
    }
    if (address.isLoopbackAddress()) {
      return LOOPBACK;
    }
    if (address.isSiteLocalAddress()) {
      return PRIVATE;
    }
    byte[] bytes = address.getAddress();
    return address instanceof Inet6Address ? ofV6(bytes) : ofV4(bytes);
  }

  private static AddressKind ofV4(byte[] bytes) {
    int first = Byte.toUnsignedInt(bytes[0]);
    int second = Byte.toUnsignedInt(bytes[1]);
    if (first == 0 || first >= 240 || (first == 192 && second == 0 && bytes[2] == 0)) {
      return NEVER;
    }
    boolean shared = first == 100 && second >= 64 && second < 128;
    boolean benchmark = first == 198 && (second == 18 || second == 19);
    return shared || benchmark ? PRIVATE : PUBLIC;
  }

  private static AddressKind ofV6(byte[] bytes) {
    int first = Byte.toUnsignedInt(bytes[0]);
    int second = Byte.toUnsignedInt(bytes[1]);
    if ((first & 0xfe) == 0xfc) {
      return PRIVATE;
    }
    if (first == 0x20 && second == 0x02) {
      return embedded(bytes, 2);
    }
    boolean zeros = Arrays.equals(bytes, 0, 10, new byte[10], 0, 10);
    boolean mapped = zeros && bytes[10] == (byte) 0xff && bytes[11] == (byte) 0xff;
    boolean compatible = zeros && bytes[10] == 0 && bytes[11] == 0;
    boolean translated =
        Arrays.equals(
            bytes,
            0,
            12,
            new byte[] {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0},
            0,
            12);
    if (mapped || compatible || translated) {
      return embedded(bytes, 12);
    }
    boolean teredo = first == 0x20 && second == 0x01 && bytes[2] == 0 && bytes[3] == 0;
    return (first & 0xe0) == 0x20 && !teredo ? PUBLIC : NEVER;
  }

  /** An IPv6 address that stands for an IPv4 one leads where that leads. */
  private static AddressKind embedded(byte[] bytes, int at) {
    try {
      return of(InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4)));
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
