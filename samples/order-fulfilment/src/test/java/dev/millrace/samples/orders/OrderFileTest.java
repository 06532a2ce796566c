package dev.millrace.samples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.samples.orders.simulated.ExpectedEnd;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderFileTest {

    @Test
    void theFileIsWhatItsGeneratorWrites() throws IOException {
        var stored = Files.readAllLines(Path.of("orders.jsonl"), StandardCharsets.UTF_8);

        assertThat(stored)
                .as(
                        "orders.jsonl differs from its generator; run the main method of OrderFileGenerator in this directory")
                .isEqualTo(OrderFileGenerator.lines());
    }

    @Test
    void aThousandOrdersEndInEveryWay() {
        var orders = OrderFile.bundled();
        var ends = new EnumMap<ExpectedEnd, Integer>(ExpectedEnd.class);
        orders.forEach(order -> ends.merge(ExpectedEnd.of(order), 1, Integer::sum));

        assertThat(orders).hasSize(1_000);
        assertThat(orders).extracting(Order::id).doesNotHaveDuplicates();
        assertThat(ends)
                .isEqualTo(Map.of(
                        ExpectedEnd.SHIPPED, 928,
                        ExpectedEnd.CARD_REFUSED, 31,
                        ExpectedEnd.SOLD_OUT, 17,
                        ExpectedEnd.UNDELIVERABLE, 24));
    }

    @Test
    void aLineThatIsNoOrderIsNamed() {
        assertThatThrownBy(() -> OrderFile.read(new StringReader("\n{\"id\": 1}\n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Line 2 is not an order: ");
    }
}
