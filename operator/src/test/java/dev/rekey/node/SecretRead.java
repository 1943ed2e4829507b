package dev.rekey.node;

import java.time.Instant;

/**
 * One read of a Secret by the simulated kubelet.
 *
 * @param resourceVersion of what was read, or "-" where there was no such Secret
 */
public record SecretRead(
    Instant at, String namespace, String pod, String secret, String resourceVersion) {}
