package dev.rekey.issuer.http;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A private key as Secrets of type kubernetes.io/tls hold it: PKCS#8, or one of the two older forms
 * that openssl and cert-manager write, which are PKCS#8 without its wrapping.
 */
final class PemKey {
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN (RSA |EC |)PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END \\1PRIVATE KEY-----");
  private static final HexFormat HEX = HexFormat.of();

  private static final byte[] VERSION = HEX.parseHex("020100");

  /** The algorithm of RSA keys, with its empty parameters. */
  private static final byte[] RSA = HEX.parseHex("300d06092a864886f70d0101010500");

  /** The name of the algorithm of keys on curves; the curve follows. */
  private static final byte[] EC = HEX.parseHex("06072a8648ce3d0201");

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int INTEGER = 0x02;
  private static final int PARAMETERS = 0xa0;

  private PemKey() {}

  /** Reads a key; what is thrown says nothing of it. */
  static PrivateKey read(String pem) throws GeneralSecurityException {
    Matcher block = BLOCK.matcher(pem);
    if (!block.find()) {
      throw new InvalidKeyException("there is no private key in PEM");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(block.group(2));
      return switch (block.group(1)) {
        case "RSA " -> key("RSA", wrapped(RSA, der));
        case "EC " -> key("EC", wrapped(der(SEQUENCE, EC, curve(der)), der));
        default -> anyOf(List.of("RSA", "EC", "EdDSA"), der);
      };
    } catch (IllegalArgumentException | BufferUnderflowException broken) {
      throw new InvalidKeyException("the private key cannot be read");
    }
  }

  private static PrivateKey anyOf(List<String> algorithms, byte[] der)
      throws GeneralSecurityException {
    for (String algorithm : algorithms) {
      try {
        return key(algorithm, der);
      } catch (InvalidKeySpecException another) {
        // a key of one of the others
      }
    }
    throw new InvalidKeyException("the private key is of an unknown kind");
  }

  private static PrivateKey key(String algorithm, byte[] der) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return der(SEQUENCE, VERSION, algorithm, der(OCTETS, key));
  }

  /** The curve, which stands in the key itself behind its number. */
  private static byte[] curve(byte[] der) throws InvalidKeyException {
    ByteBuffer in = ByteBuffer.wrap(der);
    enter(in, SEQUENCE);
    skip(in, INTEGER);
    skip(in, OCTETS);
    byte[] curve = new byte[enter(in, PARAMETERS)];
    in.get(curve);
    return curve;
  }

  private static void skip(ByteBuffer in, int tag) throws InvalidKeyException {
    int length = enter(in, tag);
    in.position(in.position() + length);
  }

  private static int enter(ByteBuffer in, int tag) throws InvalidKeyException {
    if (Byte.toUnsignedInt(in.get()) != tag) {
      throw new InvalidKeyException("the private key does not say which curve it is on");
    }
    int length = Byte.toUnsignedInt(in.get());
    if (length < 0x80) {
      return length;
    }
    int read = 0;
    for (int i = 0; i < (length & 0x7f); i++) {
      read = (read << 8) | Byte.toUnsignedInt(in.get());
    }
    if (read < 0 || read > in.remaining()) {
      throw new InvalidKeyException("the private key is cut off");
    }
    return read;
  }

  private static byte[] der(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(it -> it.length).sum();
    ByteBuffer made = ByteBuffer.allocate(length + 4);
    made.put((byte) tag);
    if (length < 0x80) {
      made.put((byte) length);
    } else if (length < 0x100) {
      made.put((byte) 0x81).put((byte) length);
    } else {
      made.put((byte) 0x82).putShort((short) length);
    }
    Arrays.stream(parts).forEach(made::put);
    return Arrays.copyOf(made.array(), made.position());
  }
}
