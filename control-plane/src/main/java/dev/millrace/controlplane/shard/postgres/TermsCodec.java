package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.DoorKeys;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.Terms;
import dev.millrace.engine.Verdict;
import dev.millrace.protocol.journal.v1.MetadataEntry;
import dev.millrace.protocol.journal.v1.StepAdmitted;
import dev.millrace.protocol.journal.v1.StepVerdict;
import dev.millrace.protocol.journal.v1.Unknown;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What was evaluated at the edge, to messages and back. */
final class TermsCodec {
    private static final List<Verdict> PLAIN = List.of(Verdict.PLAIN);

    private TermsCodec() {}

    static dev.millrace.protocol.journal.v1.Terms message(Terms terms) {
        var message = dev.millrace.protocol.journal.v1.Terms.newBuilder()
                .addAllConcurrency(terms.concurrency())
                .setFairness(terms.fairness())
                .addAllLimitKeys(terms.limitKeys())
                .addAllCosts(terms.costs())
                .setBatch(terms.batch());
        if (terms.weight() != 1) {
            message.setWeight(terms.weight());
        }
        return message.build();
    }

    static Terms terms(dev.millrace.protocol.journal.v1.Terms message) {
        return new Terms(
                message.getConcurrencyList(),
                message.getFairness(),
                message.hasWeight() ? message.getWeight() : 1,
                message.getLimitKeysList(),
                message.getCostsList(),
                message.getBatch());
    }

    static dev.millrace.protocol.journal.v1.Verdict message(Verdict verdict) {
        var message = dev.millrace.protocol.journal.v1.Verdict.newBuilder();
        if (verdict instanceof Verdict.Holds holds) {
            message.setHolds(message(holds.terms()));
        } else if (verdict instanceof Verdict.HoldsNot) {
            message.setHoldsNot(true);
        } else if (verdict instanceof Verdict.Unknown unknown) {
            message.setUnknown(Unknown.newBuilder().setCode(unknown.code()).setMessage(unknown.message()));
        }
        return message.build();
    }

    static Verdict verdict(dev.millrace.protocol.journal.v1.Verdict message) {
        return switch (message.getKindCase()) {
            case HOLDS -> new Verdict.Holds(terms(message.getHolds()));
            case HOLDS_NOT -> new Verdict.HoldsNot();
            case UNKNOWN ->
                new Verdict.Unknown(
                        message.getUnknown().getCode(), message.getUnknown().getMessage());
            case KIND_NOT_SET -> throw new UnknownFormatException("a verdict about a step");
        };
    }

    /** Verdicts of elements are often the same: each stands once. */
    static void put(List<Verdict> verdicts, StepAdmitted.Builder admitted) {
        if (verdicts.equals(PLAIN)) {
            return;
        }
        Map<Verdict, Integer> positions = new HashMap<>();
        for (var verdict : verdicts) {
            var position = positions.get(verdict);
            if (position == null) {
                position = positions.size();
                positions.put(verdict, position);
                admitted.addVerdicts(message(verdict));
            }
            admitted.addElements(position);
        }
    }

    static List<Verdict> verdicts(StepAdmitted admitted) {
        if (admitted.getVerdictsCount() == 0) {
            return PLAIN;
        }
        var distinct =
                admitted.getVerdictsList().stream().map(TermsCodec::verdict).toList();
        return admitted.getElementsList().stream().map(distinct::get).toList();
    }

    /** Never called for none: that is the absence of the message. */
    static dev.millrace.protocol.journal.v1.RunTerms message(RunTerms terms) {
        var message = dev.millrace.protocol.journal.v1.RunTerms.newBuilder().setRun(message(terms.run()));
        terms.steps()
                .forEach((node, verdict) ->
                        message.addSteps(StepVerdict.newBuilder().setNode(node).setVerdict(message(verdict))));
        terms.requires()
                .forEach((label, value) -> message.addRequires(
                        MetadataEntry.newBuilder().setKey(label).setValue(value)));
        message.setWindowKey(terms.door().window());
        message.setThrottleKey(terms.door().throttle());
        return message.build();
    }

    static RunTerms terms(dev.millrace.protocol.journal.v1.RunTerms message) {
        Map<Integer, Verdict> steps = new HashMap<>();
        message.getStepsList().forEach(step -> steps.put(step.getNode(), verdict(step.getVerdict())));
        return new RunTerms(
                verdict(message.getRun()),
                steps,
                Messages.map(message.getRequiresList()),
                new DoorKeys(message.getWindowKey(), message.getThrottleKey()));
    }
}
