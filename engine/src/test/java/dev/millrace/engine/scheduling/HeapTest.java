package dev.millrace.engine.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class HeapTest {
    private static final class Item {
        int weight;
        int place = Heap.ABSENT;
    }

    private static final class Counter {
        int comparisons;
    }

    private static Heap<Item> heap() {
        return heap(new Counter());
    }

    private static Heap<Item> heap(Counter counter) {
        return new Heap<>() {
            @Override
            boolean before(Item one, Item other) {
                counter.comparisons++;
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

    /** Flows of one level are in such heaps, so that a turn among 10,000 keys is found by some dozens of comparisons. */
    @Test
    void whateverHappensToOneOfManyCostsTwoComparisonsForEachDoublingOfTheirNumber() {
        var random = new Random(4);
        for (int size : new int[] {100, 10_000}) {
            var counter = new Counter();
            var heap = heap(counter);
            var items = new ArrayList<Item>();
            for (int i = 0; i < size; i++) {
                var item = new Item();
                item.weight = random.nextInt();
                heap.add(item);
                items.add(item);
            }
            int most = 0;
            for (int i = 0; i < 5_000; i++) {
                // One has had its turn, one somewhere changes its place, one leaves and comes back.
                for (var item : List.of(heap.first(), items.get(random.nextInt(size)))) {
                    counter.comparisons = 0;
                    item.weight = random.nextInt();
                    heap.moved(item);
                    most = Math.max(most, counter.comparisons);
                }
                var item = items.get(random.nextInt(size));
                counter.comparisons = 0;
                heap.remove(item);
                most = Math.max(most, counter.comparisons);
                counter.comparisons = 0;
                heap.add(item);
                most = Math.max(most, counter.comparisons);
            }
            double doublings = Math.log(size) / Math.log(2);
            assertThat((double) most).as("of %d", size).isLessThanOrEqualTo(2 * doublings + 4);
        }
    }
}
