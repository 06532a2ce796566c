package dev.millrace.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A worker's way to a real database that breaks off before or after one of its calls, as if the process had died there. From then on
 * nothing of it reaches the database any more, and what was not committed is rolled back.
 */
final class DyingDatabase extends DelegatingDataSource {
    private final int at;
    private final Runnable dies;
    private Connection open;
    private int calls;
    private boolean dead;
    private String where = "";

    /**
     * A database.
     *
     * @param at the moment at which it breaks off: before its first call is 1, after that is 2, and so on; 0 for never
     * @param dies happens then
     */
    DyingDatabase(DataSource real, int at, Runnable dies) {
        super(real);
        this.at = at;
        this.dies = dies;
    }

    boolean isDead() {
        return dead;
    }

    /** At which call it broke off. */
    String where() {
        return where;
    }

    private void moment(String what) throws SQLException {
        if (dead) {
            throw new SQLException("The process is dead.");
        }
        if (++calls == at) {
            dead = true;
            where = what;
            if (open != null) {
                open.close();
            }
            dies.run();
            throw new SQLException("The process dies " + what + ".");
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        moment("before getConnection");
        open = super.getConnection();
        moment("after getConnection");
        return (Connection) lent(Connection.class, open);
    }

    private Object lent(Class<?> type, Object target) {
        return Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(target, method, arguments));
    }

    private Object call(Object target, Method method, Object[] arguments) throws Throwable {
        moment("before " + method.getName());
        try {
            var value = method.invoke(target, arguments);
            moment("after " + method.getName());
            return value instanceof PreparedStatement ? lent(PreparedStatement.class, value) : value;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
