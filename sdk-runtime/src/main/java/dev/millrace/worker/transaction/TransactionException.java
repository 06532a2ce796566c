package dev.millrace.worker.transaction;

/** The application's database did not do what a transactional step needs of it. Trying again may help. */
public final class TransactionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TransactionException(String message, Throwable cause) {
        super(message, cause);
    }
}
