package dev.millrace.samples.research;

/** What the model said has not the form that it was asked for. The message can be told to the model. */
public class InvalidAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidAnswerException(String message) {
        super(message);
    }
}
