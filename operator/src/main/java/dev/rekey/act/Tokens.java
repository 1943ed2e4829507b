package dev.rekey.act;

import java.util.random.RandomGenerator;

/** Random names. The source of randomness is passed in, so that a simulation can repeat them. */
final class Tokens {
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 8;

  private Tokens() {}

  static String next(RandomGenerator random) {
    var name = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      // a name begins with a letter, so that it can stand anywhere
      name.append(LETTERS.charAt(random.nextInt(i == 0 ? 26 : LETTERS.length())));
    }
    return name.toString();
  }
}
