package dev.rekey.rotation;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an issuer can do, and so how a rotation at it goes.
 *
 * @param verifies whether it can tell if a key works
 * @param maxAge its limit on a key's age
 * @param quota how many keys the account may hold at once
 * @param requestTimeout how long one request to it may take
 */
public record Capabilities(
    boolean verifies, Optional<Duration> maxAge, OptionalInt quota, Duration requestTimeout) {}
