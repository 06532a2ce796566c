package dev.millrace.samples.orders;

/** Somebody else's service cannot answer now and probably can soon: worth another attempt. */
public final class ServiceBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ServiceBusyException(String message) {
        super(message);
    }
}
