package dev.rekey.demo;

import dev.rekey.node.PodProgram;
import dev.rekey.node.PodView;

/** Applications that say when they begin and end, and with which key. */
record ToldPods(PodProgram application, Story story) implements PodProgram {

  private static final int HINT_LENGTH = 5;

  @Override
  public void run(PodView pod) throws InterruptedException {
    String key = pod.environment().getOrDefault("API_KEY", "");
    String hint = "…" + key.substring(Math.max(0, key.length() - HINT_LENGTH));
    story.tell("pod " + pod.name(), "starts and reads its key, " + hint, "");
    try {
      application.run(pod);
    } finally {
      story.tell("pod " + pod.name(), "stops; until now it used " + hint, "");
    }
  }
}
