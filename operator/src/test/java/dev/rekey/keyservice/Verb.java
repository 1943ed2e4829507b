package dev.rekey.keyservice;

/** The things that the service does. */
public enum Verb {
  /** {@code POST /api/keys}. */
  MINT(Audience.ADMIN),
  /** {@code GET /api/keys}. */
  LIST(Audience.ADMIN),
  /** {@code DELETE /api/keys/<id>}. */
  DELETE(Audience.ADMIN),
  /** {@code POST /api/messages}: what applications are here for. */
  MESSAGE(Audience.KEY_HOLDER),
  /** {@code GET /api/me}: whose key is this, and does it work. */
  ME(Audience.KEY_HOLDER),
  /** {@code POST /oauth/token}. */
  TOKEN(Audience.DOOR),
  /** {@code POST /session}. */
  LOGIN(Audience.DOOR);

  private enum Audience {
    ADMIN,
    KEY_HOLDER,
    DOOR
  }

  private final Audience audience;

  Verb(Audience audience) {
    this.audience = audience;
  }

  boolean isForKeyHolders() {
    return audience == Audience.KEY_HOLDER;
  }

  boolean opensSession() {
    return audience == Audience.DOOR;
  }
}
