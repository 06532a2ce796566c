package dev.millrace.processor;

import dev.millrace.CallOptions;
import dev.millrace.Durable;
import dev.millrace.TypeRef;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

/** Does what durable code calls at once, and remembers it; of a {@link Durable} no more than facades use. */
final class RecordedDurable {
    private final List<String> calls = new ArrayList<>();

    Durable proxy() {
        return (Durable) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Durable.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("call") || arguments.length != 4) {
                        throw new UnsupportedOperationException(method.toString());
                    }
                    return call(
                            (String) arguments[0],
                            (TypeRef<?>) arguments[1],
                            (Callable<?>) arguments[2],
                            options(arguments[3]));
                });
    }

    /** Each call: its name, its arguments and the type of its result. */
    List<String> calls() {
        return calls;
    }

    @SuppressWarnings("unchecked") // the fourth argument of call(…) is declared so
    private static UnaryOperator<CallOptions> options(Object argument) {
        return (UnaryOperator<CallOptions>) argument;
    }

    private Object call(String name, TypeRef<?> type, Callable<?> action, UnaryOperator<CallOptions> options)
            throws Exception {
        options.apply((CallOptions) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {CallOptions.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("action")) {
                        throw new UnsupportedOperationException(method.toString());
                    }
                    calls.add(name + Arrays.toString((Object[]) arguments[0]) + ": " + type);
                    return proxy;
                }));
        return action.call();
    }
}
