package dev.rekey.rotation;

/**
 * Why a pod does not move to a new key unless a person does something.
 *
 * @param reason each kind of pod that cannot be moved has one of its own
 * @param why what is said of the pod, to go on after its name
 */
public record Hindrance(Reason reason, String why) {}
