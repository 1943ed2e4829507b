package dev.rekey.issuer.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekey.rotation.MintResult;
import dev.rekey.rotation.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an issuer can do to whoever asks it, and what it gets for it. */
class HostileAnswersTest {
  private static final long TWO_GIGABYTES = 2L * 1024 * 1024 * 1024;

  /** What the network holds between two ends, besides what was read. */
  private static final long BUFFERS = 24L * 1024 * 1024;

  private final Transports transports = new Transports();

  @AfterEach
  void stop() {
    transports.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 2147483648", "Connection: close"})
  void twoGigabytesAreGivenUpSoon(String length) {
    AtomicLong sent = new AtomicLong();
    try (RawServer server =
        new RawServer((_, out) -> {
          RawServer.say(out, "HTTP/1.1 201 Created\r\n" + length + "\r\n\r\n");
          flood(out, sent);
        })) {

      MintResult result = mint(server, "20s");

      assertThat(result).isInstanceOf(MintResult.Unclear.class);
      assertThat(Asking.fault(result).message()).contains("larger than 1 MiB");
      assertThat(sent.get()).isLessThan(BUFFERS);
    }
  }

  @Test
  void twoGigabytesInChunksAreGivenUpSoon() {
    AtomicLong sent = new AtomicLong();
    try (RawServer server =
        new RawServer((_, out) -> {
          RawServer.say(out, "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n");
          RawServer.say(out, "80000000\r\n");
          flood(out, sent);
        })) {

      MintResult result = mint(server, "20s");

      assertThat(Asking.fault(result).message()).contains("larger than 1 MiB");
      assertThat(sent.get()).isLessThan(BUFFERS);
    }
  }

  private static void flood(OutputStream out, AtomicLong sent) throws IOException {
    byte[] spaces = " ".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
    while (sent.get() < TWO_GIGABYTES) {
      out.write(spaces);
      sent.addAndGet(spaces.length);
    }
  }

  @Test
  void fewBytesThatUnfoldToManyAreGivenUp() throws IOException {
    byte[] bomb = zipped(" ".repeat(64 * 1024 * 1024));
    assertThat(bomb).hasSizeLessThan(1024 * 1024);
    try (RawServer server = new RawServer((_, out) -> zip(out, bomb))) {
      assertThat(Asking.fault(mint(server, "20s")).message()).contains("larger than 1 MiB");
    }
  }

  @Test
  void whatIsCompressedIsUnderstood() throws IOException {
    byte[] answer = zipped("{\"id\": 41, \"plain_text_key\": \"SEKR-value\"}");
    try (RawServer server = new RawServer((_, out) -> zip(out, answer))) {
      assertThat(mint(server, "5s")).isInstanceOf(MintResult.Minted.class);
    }
  }

  @Test
  void whatIsSaidToBeCompressedAndIsNotIsNoJson() {
    byte[] answer = "{\"id\": 41}".getBytes(StandardCharsets.UTF_8);
    try (RawServer server = new RawServer((_, out) -> zip(out, answer))) {
      MintResult result = mint(server, "5s");

      assertThat(result).isInstanceOf(MintResult.Unclear.class);
      assertThat(Asking.fault(result).reason()).isEqualTo(Reason.AnswerNotUnderstood);
    }
  }

  private static void zip(OutputStream out, byte[] body) throws IOException {
    RawServer.say(
        out,
        "HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: "
            + body.length
            + "\r\n\r\n");
    out.write(body);
  }

  private static byte[] zipped(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n"})
  void aByteASecondIsEndedByTheDeadline(String begin) {
    AtomicLong self = new AtomicLong();
    try (RawServer server = trickling(begin, self)) {
      long before = System.nanoTime();

      MintResult result = mint(server, "500ms");

      assertThat(result).isInstanceOf(MintResult.Unclear.class);
      assertThat(Asking.fault(result).reason()).isEqualTo(Reason.IssuerTimedOut);
      assertThat((System.nanoTime() - before) / 1_000_000).isBetween(400L, 20_000L);
    }
  }

  private static RawServer trickling(String begin, AtomicLong sent) {
    RawServer[] self = new RawServer[1];
    self[0] =
        new RawServer((_, out) -> {
          RawServer.say(out, begin);
          while (!self[0].isOverWithin(1000)) {
            RawServer.say(out, begin.isEmpty() ? "H" : "x");
            sent.incrementAndGet();
          }
        });
    return self[0];
  }

  @Test
  void aTlsThatNeverComesAboutIsEndedByTheDeadlineAndNothingWasSent() {
    try (RawServer server = new RawServer((_, _) -> {})) {
      MintResult result =
          issuer(server.url().replace("http:", "https:"), "500ms").mint(Asking.MINT);

      assertThat(result).isInstanceOf(MintResult.Refused.class);
      assertThat(Asking.fault(result).message()).contains("no connection came about in time");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "X-Filler: filling\r\n"})
  void aHeadWithoutEndIsGivenUp(String piece) {
    AtomicLong sent = new AtomicLong();
    try (RawServer server =
        new RawServer((_, out) -> {
          RawServer.say(out, "HTTP/1.1 201 Created\r\n");
          String many = piece.repeat(1000);
          while (sent.addAndGet(many.length()) < TWO_GIGABYTES) {
            RawServer.say(out, many);
          }
        })) {

      MintResult result = mint(server, "20s");

      assertThat(result).isInstanceOf(MintResult.Unclear.class);
      assertThat(Asking.fault(result).message())
          .contains("the head of its answer is larger than what Rekey reads");
      assertThat(sent.get()).isLessThan(BUFFERS);
    }
  }

  @Test
  void headsThatOnlyAnnounceAnotherAreEndedByTheDeadline() {
    RawServer[] self = new RawServer[1];
    self[0] =
        new RawServer((_, out) -> {
          while (!self[0].isOverWithin(1)) {
            RawServer.say(out, "HTTP/1.1 100 Continue\r\n\r\n");
          }
        });
    try (RawServer server = self[0]) {
      assertThat(Asking.fault(mint(server, "500ms")).reason()).isEqualTo(Reason.IssuerTimedOut);
    }
  }

  @Test
  void whatIsNotHttpIsNoAnswer() {
    try (RawServer server = new RawServer((_, out) -> RawServer.say(out, "SEKRET 220 mail\r\n"))) {
      MintResult result = mint(server, "5s");

      assertThat(result).isInstanceOf(MintResult.Unclear.class);
      assertThat(Asking.fault(result).reason()).isEqualTo(Reason.IssuerUnreachable);
      assertThat(Asking.fault(result).message()).doesNotContain("SEKR");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectToAnotherHostIsNotFollowed(int status) {
    try (ScriptedServer server = new ScriptedServer();
        ScriptedServer elsewhere = new ScriptedServer()) {
      server.answers(status, "", "Location", elsewhere.url() + "/api/keys");

      MintResult result = issuer(server.url(), "5s").mint(Asking.MINT);

      assertThat(Asking.fault(result).message()).contains("a redirect, and Rekey follows none");
      assertThat(server.asked()).hasSize(1);
      assertThat(elsewhere.asked()).isEmpty();
    }
  }

  private MintResult mint(RawServer server, String timeout) {
    return issuer(server.url(), timeout).mint(Asking.MINT);
  }

  private HttpKeyIssuer issuer(String url, String timeout) {
    return HttpKeyIssuer.compile(
        Definitions.keyService(url, timeout),
        Transports.credential("admin-token"),
        transports.transport());
  }
}
