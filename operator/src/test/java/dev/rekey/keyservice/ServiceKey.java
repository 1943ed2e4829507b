package dev.rekey.keyservice;

import java.time.Instant;
import java.util.List;

/**
 * What may be shown of a key: everything but its value.
 *
 * @param team which team on the account asked for it
 * @param lastFive the last five characters of the value, as dashboards show them
 */
public record ServiceKey(
    String id,
    String team,
    String label,
    List<String> contacts,
    String lastFive,
    Instant issuedAt,
    Instant validUntil) {}
