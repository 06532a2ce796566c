package dev.millrace.samples.research;

/** The model did not answer this time. */
public class ModelBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ModelBusyException(String message) {
        super(message);
    }
}
