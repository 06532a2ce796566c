package com.acme;

import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Bookings}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * enrich-trip --*
 * seats       <-+--*
 * price       <-:--+--*
 * confirm     <-*--+--+
 * notifyGuest <-:--:
 * audit       <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value,
 * {@code :} runs after it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
final class BookingsBinding implements WorkflowBinding<Bookings> {
    /**
     * For the worker, which finds this class by its name.
     */
    BookingsBinding() {
    }

    @Override
    public Class<Bookings> workflowClass() {
        return Bookings.class;
    }

    @Override
    public String workflow() {
        return "bookings.v2";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.Bookings.json";
    }

    @Override
    public String version() {
        return "444f13bc963889f32d6e3760d1657df0";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Bookings.Trip.class);
    }

    @Override
    public List<MethodBinding<Bookings>> steps() {
        return List.of(
                new MethodBinding<Bookings>(
                        "enrich-trip",
                        List.of(Parameter.input(Bookings.Trip.class)),
                        TypeRef.of(Bookings.Trip.class),
                        List.of(IOException.class, TimeoutException.class),
                        List.of(Bookings.Refused.class),
                        (workflow, arguments) -> workflow.enrich(arguments.at(0))),
                new MethodBinding<Bookings>(
                        "seats",
                        List.of(Parameter.parent("enrich-trip", Bookings.Trip.class), Parameter.context()),
                        new TypeRef<List<Bookings.Seat>>() {},
                        (workflow, arguments) -> workflow.seats(arguments.at(0), arguments.at(1))),
                new MethodBinding<Bookings>(
                        "price",
                        List.of(Parameter.parent("seats", new TypeRef<List<Bookings.Seat>>() {})),
                        TypeRef.of(Integer.class),
                        (workflow, arguments) -> workflow.price(arguments.at(0))),
                new MethodBinding<Bookings>(
                        "confirm",
                        List.of(Parameter.parent("price", Integer.class), Parameter.parent("seats", new TypeRef<List<Bookings.Seat>>() {})),
                        TypeRef.of(boolean[].class),
                        (workflow, arguments) -> workflow.confirm(arguments.at(0), arguments.at(1))),
                new MethodBinding<Bookings>(
                        "notifyGuest",
                        List.of(Parameter.input(Bookings.Trip.class)),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.notifyGuest(arguments.at(0));
                            return null;
                        }),
                new MethodBinding<Bookings>(
                        "audit",
                        List.of(Parameter.parent("confirm", boolean[].class)),
                        TypeRef.of(Bookings.Audit.class),
                        (workflow, arguments) -> workflow.audit(arguments.at(0))));
    }

    @Override
    public List<MethodBinding<Bookings>> compensations() {
        return List.of(
                new MethodBinding<Bookings>(
                        "giveBack",
                        List.of(
                                Parameter.parent("seats", new TypeRef<List<Bookings.Seat>>() {}),
                                Parameter.input(Bookings.Trip.class),
                                Parameter.context()),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.giveBack(arguments.at(0), arguments.at(1), arguments.at(2));
                            return null;
                        }),
                new MethodBinding<Bookings>(
                        "forget",
                        List.of(),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.forget();
                            return null;
                        }));
    }

    @Override
    public Optional<MethodBinding<Bookings>> onFailure() {
        return Optional.of(
                new MethodBinding<Bookings>(
                        "alert",
                        List.of(
                                Parameter.failure(),
                                Parameter.context(),
                                Parameter.input(Bookings.Trip.class)),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.alert(arguments.at(0), arguments.at(1), arguments.at(2));
                            return null;
                        }));
    }
}
