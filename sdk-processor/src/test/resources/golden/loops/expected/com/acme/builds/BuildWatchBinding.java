package com.acme.builds;

import dev.millrace.TypeRef;
import dev.millrace.binding.Answer;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import java.util.List;
import java.util.Optional;
import javax.annotation.processing.Generated;

/**
 * Calls the methods of {@link BuildWatch}. For workers; there is nothing in it for anybody else.
 *
 * <pre>{@code
 * follow  --*   a loop
 * split   <-+--*
 * upload  <-|--#--*   a loop
 * confirm <-+-----+   a loop
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code #} takes each element,
 * {@code +} takes the value.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class BuildWatchBinding implements WorkflowBinding<BuildWatch> {
    /**
     * For the worker, which finds this class by its name.
     */
    public BuildWatchBinding() {
    }

    @Override
    public Class<BuildWatch> workflowClass() {
        return BuildWatch.class;
    }

    @Override
    public String workflow() {
        return "build-watch";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/com.acme.builds.BuildWatch.json";
    }

    @Override
    public String version() {
        return "9e8b34da88a1585120431ec196260b92";
    }

    @Override
    public TypeRef<?> input() {
        return TypeRef.of(BuildWatch.Commit.class);
    }

    @Override
    public List<MethodBinding<BuildWatch>> steps() {
        return List.of(
                new MethodBinding<BuildWatch>(
                        "follow",
                        List.of(
                                Parameter.input(BuildWatch.Commit.class),
                                Parameter.turn(new TypeRef<Optional<BuildWatch.Build>>() {}),
                                Parameter.context()),
                        TypeRef.of(BuildWatch.Build.class),
                        Answer.LOOP,
                        (workflow, arguments) -> workflow.follow(arguments.at(0), arguments.at(1), arguments.at(2))),
                new MethodBinding<BuildWatch>(
                        "split",
                        List.of(Parameter.parent("follow", BuildWatch.Build.class)),
                        new TypeRef<List<BuildWatch.Part>>() {},
                        (workflow, arguments) -> workflow.split(arguments.at(0))),
                new MethodBinding<BuildWatch>(
                        "upload",
                        List.of(Parameter.element("split", BuildWatch.Part.class), Parameter.turn(new TypeRef<Optional<BuildWatch.Progress>>() {})),
                        TypeRef.of(BuildWatch.Progress.class),
                        Answer.LOOP,
                        (workflow, arguments) -> workflow.upload(arguments.at(0), arguments.at(1))),
                new MethodBinding<BuildWatch>(
                        "confirm",
                        List.of(
                                Parameter.parent("follow", BuildWatch.Build.class),
                                Parameter.turn(new TypeRef<Optional<BuildWatch.Build>>() {}),
                                Parameter.parent("upload", new TypeRef<List<BuildWatch.Progress>>() {})),
                        TypeRef.of(BuildWatch.Build.class),
                        Answer.LOOP,
                        (workflow, arguments) -> workflow.confirm(arguments.at(0), arguments.at(1), arguments.at(2))));
    }

    @Override
    public List<MethodBinding<BuildWatch>> compensations() {
        return List.of();
    }

    @Override
    public Optional<MethodBinding<BuildWatch>> onFailure() {
        return Optional.empty();
    }
}
