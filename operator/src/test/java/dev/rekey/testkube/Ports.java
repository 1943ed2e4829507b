package dev.rekey.testkube;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Free ports of the loopback interface. */
record Ports(int etcd, int peer, int api) {
  /** All open at once, so that they differ. */
  static Ports free() throws IOException {
    var loopback = InetAddress.getLoopbackAddress();
    try (var etcd = new ServerSocket(0, 1, loopback);
        var peer = new ServerSocket(0, 1, loopback);
        var api = new ServerSocket(0, 1, loopback)) {
      return new Ports(etcd.getLocalPort(), peer.getLocalPort(), api.getLocalPort());
    }
  }
}
