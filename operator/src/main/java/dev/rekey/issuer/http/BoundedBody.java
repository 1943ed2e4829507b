package dev.rekey.issuer.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads a body up to a bound. Beyond it there is none, and the connection is given up rather than
 * read to its end. What is compressed is bounded as it comes in and as it is once more when it is
 * unfolded, so that a few bytes do not become a flood.
 */
final class BoundedBody {
  private final int most;

  BoundedBody(int most) {
    this.most = most;
  }

  /** The body; absent where it is larger than the bound. */
  Optional<byte[]> read(InputStream body, String encoding) throws IOException {
    Optional<byte[]> raw = atMost(body);
    return raw.isPresent() && encoding.matches("(?i)\\s*(x-)?gzip\\s*") ? unfolded(raw.get()) : raw;
  }

  private Optional<byte[]> unfolded(byte[] compressed) throws IOException {
    if (compressed.length == 0) {
      return Optional.of(compressed);
    }
    try (InputStream unfolding = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      return atMost(unfolding);
    } catch (ZipException notCompressed) {
      return Optional.of(new byte[0]);
    }
  }

  private Optional<byte[]> atMost(InputStream stream) throws IOException {
    byte[] read = stream.readNBytes(most + 1);
    return read.length > most ? Optional.empty() : Optional.of(read);
  }
}
