package dev.millrace.worker.transaction;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A connection as a step gets it: whoever ends its transaction by himself would separate the effect from the completion, so that is
 * refused, and so is everything once the step has returned.
 */
final class LentConnection implements InvocationHandler {
    private final Connection real;
    private final Connection lent;
    private volatile boolean takenBack;

    LentConnection(Connection real) {
        this.real = real;
        this.lent = (Connection)
                Proxy.newProxyInstance(LentConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    Connection connection() {
        return lent;
    }

    /** The step has returned. */
    void takeBack() {
        takenBack = true;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method, arguments);
        }
        if (method.getName().equals("isClosed") && takenBack) {
            return true;
        }
        if (takenBack) {
            throw new SQLException("The step has returned and its transaction has ended; " + method.getName()
                    + "() comes too late. A step keeps its Connection to itself.");
        }
        if (endsTransaction(method)) {
            throw new SQLException(
                    method.getName() + "() is not for a TRANSACTIONAL step: its transaction is committed when it"
                            + " returns, together with its completion, and rolled back when it throws. For a"
                            + " part that may fail, set a savepoint and roll back to that.");
        }
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean endsTransaction(Method method) {
        return switch (method.getName()) {
            case "commit", "close", "abort", "setAutoCommit" -> true;
            case "rollback" -> method.getParameterCount() == 0;
            default -> false;
        };
    }

    private Object ofObject(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "transaction on " + real;
        };
    }
}
