/**
 * A simulated node: it registers a Node, plays the kubelet for the pods bound to it, and runs a
 * program for each of them. It works against the mock API server and a real one alike.
 */
@NullMarked
package dev.rekey.node;

import org.jspecify.annotations.NullMarked;
