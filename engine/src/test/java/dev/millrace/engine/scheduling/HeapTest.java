package dev.millrace.engine.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HeapTest {
    private static final class Item {
        int weight;
        int place = Heap.ABSENT;
    }

    private static Heap<Item> heap() {
        return new Heap<>() {
            @Override
            boolean before(Item one, Item other) {
                return one.weight < other.weight;
            }

            @Override
            int place(Item member) {
                return member.place;
            }

            @Override
            void setPlace(Item member, int place) {
                member.place = place;
            }
        };
    }

    @Test
    void theFirstIsAlwaysTheLeastWhateverIsAddedMovedAndRemoved() {
        var random = new Random(3);
        for (int round = 0; round < 100; round++) {
            var heap = heap();
            var model = new TreeSet<Item>(Comparator.comparingInt(item -> item.weight));
            var items = new ArrayList<Item>();
            for (int i = 0; i < 50; i++) {
                items.add(new Item());
            }
            int weights = 0;
            for (int i = 0; i < 500; i++) {
                var item = items.get(random.nextInt(items.size()));
                int weight = ++weights * (random.nextBoolean() ? 1 : -1);
                if (item.place == Heap.ABSENT) {
                    item.weight = weight;
                    heap.add(item);
                    model.add(item);
                } else if (random.nextBoolean()) {
                    model.remove(item);
                    item.weight = weight;
                    heap.moved(item);
                    model.add(item);
                } else {
                    model.remove(item);
                    heap.remove(item);
                    assertThat(item.place).isEqualTo(Heap.ABSENT);
                }
                assertThat(heap.size()).isEqualTo(model.size());
                if (!model.isEmpty()) {
                    assertThat(heap.first()).isSameAs(model.first());
                }
            }
        }
    }
}
