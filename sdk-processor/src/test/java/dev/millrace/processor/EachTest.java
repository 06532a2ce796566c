package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;

import org.junit.jupiter.api.Test;

/** One task per element: what is taken apart, and what of. */
class EachTest {
    private static final String TYPES = """
            record Order(String id) {}
            record Parcel(int number) {}
            record Weight(double kilos) {}
            """;

    @Test
    void aListThatIsNearlyThereIsNamed() {
        compile("""
                @Workflow class Bad {
                  @Step Set<Integer> split(Order order) { return null; }
                  @Step void label(@Each Integer /*>*/part) {}
                  @Step void print(@Each String /*>*/sku) {}
                }
                record Order(String id, List<String> skus) {}
                """).failsWith("""
                [Millrace/UnknownDependency] No step of Bad returns List<Integer> (parameter 'part' of label(), which is @Each).
                    A parameter with @Each T is an element of the List<T> that a step returns; the input is taken apart by a step too.
                    Steps return: Set<Integer> (split)
                    Fix: return List<Integer> from split(), not Set<Integer>.""", """
                [Millrace/UnknownDependency] No step of Bad returns List<String> (parameter 'sku' of print(), which is @Each).
                    A parameter with @Each T is an element of the List<T> that a step returns; the input is taken apart by a step too.
                    Steps return: Set<Integer> (split)
                    Fix: let a step take the list out of the input: @Step List<String> skus(Order input) { return input.skus(); }""");
    }

    @Test
    void anElementIsOneOfTheListThatAStepReturns() {
        compile("""
                @Workflow class Bad {
                  @Step Parcel[] split(Order order) { return null; }
                  @Step Weight weigh(@Each Parcel /*>*/parcel) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/UnknownDependency] No step of Bad returns List<Parcel> (parameter 'parcel' of weigh(), which is @Each).
                    A parameter with @Each T is an element of the List<T> that a step returns; the input is taken apart by a step too.
                    Steps return: Parcel[] (split), List<Weight> (weigh)
                    Fix: return List<Parcel> from split(), not Parcel[].""");
    }

    @Test
    void theElementsOfAMappedStepAreTakenTogether() {
        compile("""
                @Workflow class Bad {
                  @Step List<Parcel> split(Order order) { return null; }
                  @Step Weight weigh(@Each Parcel parcel) { return null; }
                  @Step String report(@From("weigh") Weight /*>*/weight) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/TypeMismatch] Parameter 'weight' of report() is Weight, but step weigh() returns List<Weight>.
                    Steps return: List<Parcel> (split), List<Weight> (weigh), String (report)
                    Fix: take a List<Weight>, or name another step.""");
    }

    @Test
    void fromNamesAStepThatReturnsTheList() {
        compile("""
                @Workflow class Bad {
                  @Step Parcel pack(Order order) { return null; }
                  @Step Weight weigh(@Each @From("pack") Parcel /*>*/parcel) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/TypeMismatch] Parameter 'parcel' of weigh() is an element of List<Parcel>, but step pack() returns Parcel.
                    Steps return: Parcel (pack), List<Weight> (weigh)
                    Fix: return List<Parcel> from pack(), or name another step.""");
    }

    @Test
    void twoListsOfTheTypeAreToldApartWithFrom() {
        compile("""
                @Workflow class Bad {
                  @Step List<Parcel> split(Order order) { return null; }
                  @Step Parcel label(@Each @From("split") Parcel parcel) { return null; }
                  @Step Weight weigh(@Each Parcel /*>*/parcel) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/AmbiguousDependency] Parameter 'parcel' of weigh() is an element of List<Parcel>, which 2 steps return: split(), label().
                    Fix: choose one with @From("split") or @From("label").""");
    }

    @Test
    void aStepIsMappedOverOneList() {
        compile("""
                @Workflow class Bad {
                  @Step List<Parcel> split(Order order) { return null; }
                  @Step List<Weight> estimate(Order order) { return null; }
                  @Step String check(@Each Parcel parcel, /*>*/@Each Weight weight) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ManyLists] Step check() takes elements of 2 lists: parameters 'parcel', 'weight'.
                    Fix: make one list of records that hold what belongs together.""");
    }

    @Test
    void theInputIsTakenApartByAStep() {
        compile("""
                @Workflow class Bad {
                  @Step List<Order> split(@Input Order order) { return null; }
                  @Step String check(/*>*/@Each @Input Order order) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ConflictingAnnotations] @Each and @Input exclude each other (parameter 'order' of check()): what is taken apart is the result of a step.
                    Fix: return the list from a step of its own, and remove @Input.""");
    }

    @Test
    void whatTheEngineGivesHasNoElements() {
        compile("""
                @Workflow class Bad {
                  @Step String check(Order order, /*>*/@Each StepContext context) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ConflictingAnnotations] @Each has no meaning on a StepContext, which the engine gives (parameter 'context' of check()).
                    Fix: remove the annotation.""");
    }

    @Test
    void aCompensationTakesTheWholeList() {
        compile("""
                @Workflow class Bad {
                  @Step List<Parcel> split(Order order) { return null; }
                  @Compensate("split") void undo(/*>*/@Each Parcel parcel) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/MisplacedAnnotation] @Each has no effect: undo() is no step.
                    Fix: remove it, and take the whole list.""");
    }

    @Test
    void eachOnAMethodThatNobodyCallsHasNoEffect() {
        compile("""
                @Workflow class Bad {
                  @Step String check(Order order) { return ""; }
                  void help(/*>*/@Each Order order) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/MisplacedAnnotation] @Each has no effect: help() is no step.
                    Fix: put @Step on help(), or remove @Each.""");
    }

    @Test
    void anElementMayBeAPrimitive() {
        compile("""
                @Workflow class Bad {
                  @Step List<Integer> numbers(Order order) { return List.of(1, 2); }
                  @Step long square(@Each int number) { return number * number; }
                  @Step long sum(List<Long> squares) { return 0; }
                }
                """ + TYPES).succeeds();
    }
}
