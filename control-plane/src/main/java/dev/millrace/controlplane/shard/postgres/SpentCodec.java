package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.Allowance;
import dev.millrace.engine.Held;
import dev.millrace.engine.Spent;
import dev.millrace.engine.TaskSpent;
import dev.millrace.engine.Usage;
import dev.millrace.protocol.journal.v1.Amount;
import dev.millrace.protocol.journal.v1.TaskImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What was spent, and what became of budgets, to messages and back. */
final class SpentCodec {
    private SpentCodec() {}

    static List<Amount> message(Usage usage) {
        if (usage.isNone()) {
            return List.of();
        }
        var amounts = new ArrayList<Amount>(usage.amounts().size());
        usage.amounts()
                .forEach((name, amount) -> amounts.add(
                        Amount.newBuilder().setName(name).setAmount(amount).build()));
        return amounts;
    }

    static Usage usage(List<Amount> message) {
        if (message.isEmpty()) {
            return Usage.NONE;
        }
        var amounts = new TreeMap<String, Long>();
        message.forEach(amount -> amounts.put(amount.getName(), amount.getAmount()));
        return new Usage(amounts);
    }

    static dev.millrace.protocol.journal.v1.Spent message(Spent spent) {
        return dev.millrace.protocol.journal.v1.Spent.newBuilder()
                .addAllUsed(message(spent.used()))
                .addAllSettled(message(spent.settled()))
                .build();
    }

    static Spent spent(dev.millrace.protocol.journal.v1.Spent message) {
        return Spent.of(usage(message.getUsedList()), usage(message.getSettledList()));
    }

    static Optional<dev.millrace.protocol.journal.v1.Allowance> message(Allowance allowance) {
        return allowance.equals(Allowance.NONE)
                ? Optional.empty()
                : Optional.of(dev.millrace.protocol.journal.v1.Allowance.newBuilder()
                        .setAsked(allowance.asked())
                        .addAllRaised(message(allowance.raised()))
                        .build());
    }

    static Allowance allowance(dev.millrace.protocol.journal.v1.Allowance message) {
        return message.getAsked() || message.getRaisedCount() > 0
                ? new Allowance(message.getAsked(), usage(message.getRaisedList()))
                : Allowance.NONE;
    }

    static dev.millrace.protocol.journal.v1.Held message(Held held) {
        return dev.millrace.protocol.journal.v1.Held.newBuilder()
                .setBudget(held.budget())
                .setSince(Instants.micros(held.since()))
                .setLimit(held.limit())
                .setAsks(held.asks())
                .build();
    }

    static Optional<Held> held(TaskImage message) {
        if (!message.hasHeld()) {
            return Optional.empty();
        }
        var held = message.getHeld();
        return Optional.of(
                new Held(held.getBudget(), Instants.instant(held.getSince()), held.getLimit(), held.getAsks()));
    }

    static void put(TaskSpent spent, TaskImage.Builder message) {
        if (spent != TaskSpent.NONE) {
            message.addAllUsed(message(spent.used()));
            if (!spent.newest().isNone()) {
                message.setSpent(message(spent.newest()));
            }
        }
    }

    static TaskSpent spent(TaskImage message) {
        return message.getUsedCount() == 0 && !message.hasSpent()
                ? TaskSpent.NONE
                : TaskSpent.of(usage(message.getUsedList()), spent(message.getSpent()));
    }
}
