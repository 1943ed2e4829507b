package dev.rekey.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Everything stays up after the summary, for a look behind the scenes. */
final class Encore {

  private static final String KUBECONFIG = "operator/target/demo-kubeconfig.yaml";

  private Encore() {}

  /** Says how to look, and waits until somebody ends the process. */
  static void play(Path root, Story story, Stage stage) throws InterruptedException {
    Discovery.serve(stage.cluster().server());
    story.say(
        """

        Everything stays up until Ctrl-C, and the story goes on. From another terminal:
          curl %1$s/metrics     (and /healthz, /readyz)
          export KUBECONFIG=%2$s
          kubectl describe akr postman-otp -n payments
          kubectl get akr -n payments -o custom-columns=NAME:.metadata.name,PHASE:.status.phase,\
        KEY:.status.current.hint,EXPIRES:.status.current.expiresAt,NEXT:.status.nextRotationTime
          kubectl annotate akr postman-otp -n payments --overwrite rekey.dev/rotate="$(date)"
          kubectl delete pod -n payments -l app=otp-sender --wait=false
        kubectl gets, describes, annotates, patches and deletes here. The mock API server has no tables
        (get shows names and ages), no watches for kubectl (-w, wait), no logs and no schemas (explain;
        apply needs --validate=false).\
        """
            .formatted("http://127.0.0.1:" + stage.operator().port(), kubeconfig(root, stage)));
    Thread.currentThread().join();
  }

  private static Path kubeconfig(Path root, Stage stage) {
    Path file = root.resolve(KUBECONFIG).toAbsolutePath().normalize();
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, stage.cluster().kubeconfig());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
