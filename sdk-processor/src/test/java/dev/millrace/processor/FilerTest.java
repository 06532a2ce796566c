package dev.millrace.processor;

import static dev.millrace.processor.Compilation.shop;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Filer;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import org.junit.jupiter.api.Test;

/** What incremental builds rely on, and what happens when the plug-in itself fails. */
class FilerTest {
    private static final Compilation.Source ORDERS = shop("Orders", """
            @Workflow class Orders {
              @Step String charge(Order order) { return ""; }
              @Step int count(Order order) { return 1; }
            }
            record Order(String id) {}
            """);

    @Test
    void theProcessorIsDeclaredAsIsolating() throws Exception {
        try (var declaration =
                MillraceProcessor.class.getResourceAsStream("/META-INF/gradle/incremental.annotation.processors")) {
            assertThat(new String(declaration.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(MillraceProcessor.class.getName() + ",isolating\n");
        }
    }

    @Test
    void everyFileHasTheWorkflowAsItsOneOriginatingElement() {
        var origins = new TreeMap<String, List<String>>();
        Compilation.compileWith(() -> List.of(new Wrapped(filer -> recording(filer, origins))), ORDERS)
                .succeeds();

        assertThat(origins)
                .containsOnlyKeys("META-INF/millrace/shop.Orders.json", "shop.OrdersBinding", "shop.OrdersClient");
        assertThat(origins.values()).containsOnly(List.of("shop.Orders"));
    }

    @Test
    void nothingIsReadThroughTheFiler() {
        Compilation.compileWith(() -> List.of(new Wrapped(FilerTest::refusingToRead)), ORDERS)
                .succeeds();
    }

    @Test
    void aFaultOfThePlugInIsToldAsSuchAtTheClass() {
        Compilation.compileWith(
                        () -> List.of(new Wrapped(FilerTest::failing)),
                        shop(
                                "Orders",
                                ORDERS.text()
                                        .substring(ORDERS.text().indexOf('\n') + 1)
                                        .replace("@Workflow class", "@Workflow /*>*/class")))
                .failsWith("""
                [Millrace/Internal] The Millrace compiler plug-in failed on Orders: java.lang.IllegalStateException: the disk is on fire.
                    That is a fault of the plug-in, whatever the class looks like.
                    Fix: please report it, with the class.""");
    }

    /** Our processor, given another filer. */
    @SupportedAnnotationTypes("dev.millrace.*")
    private static final class Wrapped extends AbstractProcessor {
        private final Processor processor = new MillraceProcessor();
        private final UnaryOperator<Filer> wrapping;

        Wrapped(UnaryOperator<Filer> wrapping) {
            this.wrapping = wrapping;
        }

        @Override
        public SourceVersion getSupportedSourceVersion() {
            return SourceVersion.latestSupported();
        }

        @Override
        public synchronized void init(ProcessingEnvironment environment) {
            super.init(environment);
            var filer = wrapping.apply(environment.getFiler());
            processor.init((ProcessingEnvironment) Proxy.newProxyInstance(
                    FilerTest.class.getClassLoader(),
                    new Class<?>[] {ProcessingEnvironment.class},
                    (proxy, method, arguments) ->
                            method.getName().equals("getFiler") ? filer : method.invoke(environment, arguments)));
        }

        @Override
        public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
            return processor.process(annotations, round);
        }
    }

    private static Filer recording(Filer filer, TreeMap<String, List<String>> origins) {
        return filer(filer, (method, arguments) -> {
            var name = method.equals("createResource") ? arguments[2] : arguments[0];
            var elements = (Element[]) arguments[arguments.length - 1];
            origins.put(
                    name.toString(),
                    Arrays.stream(elements).map(Object::toString).toList());
        });
    }

    private static Filer refusingToRead(Filer filer) {
        return filer(filer, (method, arguments) -> {
            if (method.equals("getResource")) {
                throw new AssertionError("The processor reads " + Arrays.toString(arguments));
            }
        });
    }

    private static Filer failing(Filer filer) {
        return filer(filer, (method, arguments) -> {
            var e = new IllegalStateException("the disk is on fire");
            e.setStackTrace(new StackTraceElement[0]);
            throw e;
        });
    }

    private interface Observer {
        void called(String method, Object[] arguments);
    }

    private static Filer filer(Filer filer, Observer observer) {
        return (Filer) Proxy.newProxyInstance(
                FilerTest.class.getClassLoader(), new Class<?>[] {Filer.class}, (proxy, method, arguments) -> {
                    observer.called(method.getName(), arguments);
                    try {
                        return method.invoke(filer, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
