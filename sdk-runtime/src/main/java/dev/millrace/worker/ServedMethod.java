package dev.millrace.worker;

import dev.millrace.binding.MethodBinding;

/**
 * One method that this worker can call.
 *
 * @param workflow the user's object
 * @param binding how to call it
 * @param mapped whether it is called once per element of a list
 * @param circuit whether it is called at this moment
 */
record ServedMethod<W>(W workflow, MethodBinding<W> binding, boolean mapped, Circuit circuit) {}
