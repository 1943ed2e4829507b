package dev.rekey.endtoend;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Every line that this JVM logs, in full, with what stands beside the message. */
final class OperatorLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger everything =
      (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("dev.rekey");

  private OperatorLog() {}

  /** Listens from now on, to our own loggers on every level. */
  static OperatorLog listen() {
    var log = new OperatorLog();
    log.setContext(log.everything.getLoggerContext());
    log.start();
    log.everything.addAppender(log);
    log.ours.setLevel(Level.TRACE);
    return log;
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  protected void append(ILoggingEvent event) {
    var thrown = event.getThrowableProxy();
    lines.add(
        event.getFormattedMessage()
            + " "
            + event.getMDCPropertyMap()
            + (thrown == null ? "" : " " + ThrowableProxyUtil.asString(thrown)));
  }

  @Override
  public void close() {
    everything.detachAppender(this);
    ours.setLevel(Level.INFO);
    stop();
  }
}
