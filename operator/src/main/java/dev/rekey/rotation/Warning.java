package dev.rekey.rotation;

/**
 * Something that keeps a rotation from ending by itself, or surprises somebody, told before a key
 * is asked for.
 *
 * @param reason the word for it
 * @param text what it is about, and what to do
 */
public record Warning(Reason reason, String text) {}
