import dev.millrace.TypeRef;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link Nightly}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * clean  --*
 * report <-:
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code :} runs after it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
@SuppressWarnings({"deprecation", "removal"})
public final class NightlyBinding implements WorkflowBinding<Nightly> {
    /**
     * For the worker, which finds this class by its name.
     */
    public NightlyBinding() {
    }

    @Override
    public Class<Nightly> workflowClass() {
        return Nightly.class;
    }

    @Override
    public String workflow() {
        return "nightly";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/Nightly.json";
    }

    @Override
    public String version() {
        return "8192b8713236bbb789ab59ad6f22b66e";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(Void.class);
    }

    @Override
    public List<MethodBinding<Nightly>> steps() {
        return List.of(
                new MethodBinding<Nightly>(
                        "clean",
                        List.of(Parameter.context()),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.clean(arguments.at(0));
                            return null;
                        }),
                new MethodBinding<Nightly>(
                        "report",
                        List.of(),
                        TypeRef.of(Void.class),
                        (workflow, arguments) -> {
                            workflow.report();
                            return null;
                        }));
    }

    @Override
    public List<MethodBinding<Nightly>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<Nightly>> onFailure() {
        return Optional.empty();
    }
}
