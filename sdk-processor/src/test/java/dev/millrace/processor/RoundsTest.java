package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;
import static dev.millrace.processor.Compilation.compileWith;
import static dev.millrace.processor.Compilation.shop;
import static org.assertj.core.api.Assertions.assertThat;

import io.soabase.recordbuilder.processor.RecordBuilderProcessor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import org.junit.jupiter.api.Test;

class RoundsTest {

    /** Writes {@code shop.Money} in the first round, as Lombok or MapStruct would write theirs. */
    @SupportedAnnotationTypes("*")
    private static final class MoneyProcessor extends AbstractProcessor {
        private boolean done;

        @Override
        public SourceVersion getSupportedSourceVersion() {
            return SourceVersion.latestSupported();
        }

        @Override
        public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
            if (!done) {
                done = true;
                try (var writer =
                        processingEnv.getFiler().createSourceFile("shop.Money").openWriter()) {
                    writer.write("package shop; public record Money(long cents) {}");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return false;
        }
    }

    @Test
    void aTypeThatAnotherProcessorWritesIsWaitedFor() {
        var compilation = compileWith(() -> List.of(new MoneyProcessor(), new MillraceProcessor()), shop("Orders", """
                @Workflow class Orders {
                  @Step Money price(String order) { return null; }
                  @Step List<Money> split(Money money) { return null; }
                }
                """))
                .succeeds();

        assertThat(compilation.written("META-INF/millrace/shop.Orders.json")).contains("\"cents\"");
    }

    /** RecordBuilder writes the record of an interface, as many builds let it. */
    @Test
    void aRecordThatAWellKnownProcessorWritesIsWaitedFor() {
        var compilation = compileWith(
                        () -> List.of(new MillraceProcessor(), new RecordBuilderProcessor()), shop("Orders", """
                @io.soabase.recordbuilder.core.RecordInterface interface Money { long cents(); String currency(); }
                @Workflow class Orders {
                  @Step MoneyRecord price(String order) { return null; }
                  @Step List<MoneyRecord> split(MoneyRecord money) { return null; }
                }
                """))
                .succeeds();

        assertThat(compilation.written("META-INF/millrace/shop.Orders.json"))
                .contains("\"cents\"", "\"currency\"", "\"name\": \"split\"");
    }

    @Test
    void aTypeInsideAnotherIsWaitedForToo() {
        var compilation = compileWith(() -> List.of(new MoneyProcessor(), new MillraceProcessor()), shop("Orders", """
                @Workflow class Orders {
                  @Step Bill price(String order) { return null; }
                }
                record Bill(List<Money> items) {}
                """))
                .succeeds();

        assertThat(compilation.written("META-INF/millrace/shop.Orders.json")).contains("\"cents\"");
    }

    @Test
    void aTypeThatNobodyWritesIsToldInTheLastRound() {
        compile("""
                @Workflow class Bad {
                  @Step(timeout = /*>*/"soon") String price(/*>*/Money /*>*/money) { return null; }
                }
                """).failsWith("""
                [Millrace/BadDuration] "soon" is not a duration.
                    Fix: write 30s, 5m, 2h or 7d.""", """
                cannot find symbol
                  symbol:   class Money
                  location: class shop.Bad""", """
                [Millrace/UnresolvedType] Money is not found (parameter 'money' of price()), so nothing was written for Bad.
                    Fix: import or add it; if another annotation processor makes it, see that one's errors first.""");
    }

    @Test
    void aTypeInsideAnotherThatNobodyWritesIsToldWhereItIsUsed() {
        compile("""
                @Workflow class Bad {
                  @Step Bill /*>*/price(String order) { return null; }
                }
                record Bill(/*>*/Money money) {}
                """).failsWith("""
                [Millrace/UnresolvedType] Money is not found (inside the result of price()), so nothing was written for Bad.
                    Fix: import or add it; if another annotation processor makes it, see that one's errors first.""", """
                cannot find symbol
                  symbol:   class Money
                  location: class shop.Bill""");
    }

    @Test
    void anExceptionTypeThatDoesNotExistIsTold() {
        compile("""
                @Workflow class Bad {
                  @Step(retryOn = /*>*/Missing.class) String /*>*/price(String order) { return null; }
                }
                """).failsWith("""
                cannot find symbol
                  symbol:   class Missing
                  location: class shop.Bad""", """
                [Millrace/UnresolvedType] A class is not found (retryOn of price()), so nothing was written for Bad.
                    Fix: import or add it; if another annotation processor makes it, see that one's errors first.""");
    }

    @Test
    void oneBrokenClassDoesNotKeepAnotherFromBeingWritten() {
        var compilation = compile(shop("Bad", "@Workflow /*>*/class Bad {}"), shop("Good", """
                @Workflow class Good {
                  @Step String price(int order) { return null; }
                }
                """));

        assertThat(compilation.files()).contains("META-INF/millrace/shop.Good.json", "shop/GoodClient.java");
    }
}
