package dev.millrace.engine.core;

import dev.millrace.engine.Batch;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Reply;
import dev.millrace.engine.Residents;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.Snapshots.LaneCount;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.scheduling.Limit;
import dev.millrace.engine.scheduling.Precedence;
import dev.millrace.engine.timer.Timer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The inside of a shard: takes the commands in, fires what is due, and offers what can go. */
public final class Core {
    private final Memory memory;
    private final Ledger ledger;
    private final Recorder recorder;
    private final Images images;
    private final Restorer restorer;
    private final Progress progress;
    private final Refusals refusals;
    private final Offers offers;
    private final Timeouts timeouts;
    private final Questions questions;
    private final Accounts accounts;
    private final Attendance attendance;
    private final Durables durables;
    private final Inquiries inquiries;
    private final Kinship kinship;
    private final Passivation passivation;
    private final Starts starts;
    private final Windowing windowing;
    private boolean recovered;

    public Core(ShardSettings settings) {
        this(settings, Transitions.UNWATCHED);
    }

    /**
     * A core that is watched.
     *
     * @param transitions is told of every step of every state machine
     */
    Core(ShardSettings settings, Transitions transitions) {
        memory = new Memory(settings);
        ledger = new Ledger(memory, new States(transitions));
        recorder = new Recorder(ledger);
        images = new Images(memory);
        restorer = new Restorer(memory, ledger.rebuilder, ledger.windows);
        var answers = new Answers(recorder);
        var followers = new Followers(memory, recorder, images, answers);
        var numbers = new LoadNumbers();
        passivation = new Passivation(memory, recorder, restorer, followers, numbers);
        progress = new Progress(memory, ledger.steps, recorder, followers);
        refusals = new Refusals(memory, ledger.steps.unsettled, recorder, progress);
        offers = new Offers(memory, recorder, refusals);
        timeouts = new Timeouts(memory, recorder, progress);
        questions = new Questions(memory, ledger.steps, recorder, progress);
        accounts = new Accounts(recorder, progress);
        attendance = new Attendance(memory, recorder, progress, accounts, new Restarts(recorder, progress));
        durables = new Durables(recorder, progress, timeouts, new Children(memory, recorder, progress), answers);
        inquiries = new Inquiries(
                memory,
                recorder,
                progress,
                new Replays(memory, recorder, progress),
                images,
                followers,
                numbers,
                passivation,
                new Mail(recorder, durables),
                new Raises(recorder, progress),
                answers);
        kinship = new Kinship(memory, ledger.steps.unsettled, progress, durables, inquiries);
        windowing = new Windowing(memory, recorder, progress);
        starts = new Starts(memory, recorder, progress, windowing, followers, inquiries, numbers);
    }

    // ---- recovery ----

    public void restore(ShardImage image) {
        restorer.restore(image);
    }

    public void queued(List<LaneCount> lanes) {
        passivation.queued(lanes);
    }

    public void restore(RunImage image) {
        var run = passivation.restore(image, Long.MAX_VALUE);
        if (run != null && image.passivity().isEmpty() && Passivation.of(run).isPresent()) {
            memory.markDirty(run); // stored before there was such a thing; to be stored as what it is
        }
    }

    public void replay(Fact fact) {
        memory.clock = later(memory.clock, fact.at());
        memory.timers.advance(Instants.micros(memory.clock), decided -> {}); // what came of it is in the facts
        ledger.apply(fact);
        ledger.steps.unsettled.settledByFacts();
        memory.rewaiting.forEach(run -> run.rewaits = false);
        memory.rewaiting.clear();
    }

    /** What each run in memory waits for to which something may be brought. */
    public List<Effect.Awaits> awaits() {
        return memory.runs.values().stream()
                .filter(run -> run.version.plan.isBrought || run.allowance.asked())
                .map(OpenWaits::of)
                .toList();
    }

    public void recovered(Instant now) {
        recovered = true;
        boolean everDecided = !memory.clock.equals(Instant.EPOCH);
        begin(now, new Batch());
        memory.keys.recovered(everDecided ? recorder.nowMicros() : 0);
        questions.askSoon();
        kinship.recovered(recorder.nowMicros());
        ledger.windows.recovered();
        if (everDecided) {
            passivation.recovered();
        }
        for (var tenant : memory.tenants.values()) {
            if (everDecided) {
                tenant.builds.recovered();
            }
            for (var worker : new ArrayList<>(tenant.workers.values())) {
                attendance.await(worker);
            }
        }
    }

    // ---- commands ----

    public void handle(Command command, Instant now, Batch batch) {
        if (!recovered) {
            define(command);
            return;
        }
        if (command instanceof Command.Explain || command instanceof Command.ExplainWorkflow) {
            // As of the last moment: asking lets nothing become due, and what is due by now would seem to wait for
            // nothing.
            recorder.begin(batch, memory.clock);
            decide(command);
            return;
        }
        begin(now, batch);
        catchUp();
        if (command instanceof Command.RunLoaded) {
            goOn(); // somebody may ask why it waits, and what just became due would seem to wait for nothing
        }
        decide(command);
        goOn();
        passivation.ask();
    }

    private void goOn() {
        do {
            ledger.steps.comeBack();
            refusals.makeRoom();
            kinship.goOn();
            questions.ask();
            moveQueued();
            offer();
        } while (ledger.steps.unsettled.hasToMakeRoom());
        for (var run : memory.rewaiting) {
            run.rewaits = false;
            recorder.effect(OpenWaits.of(run));
        }
        memory.rewaiting.clear();
    }

    /** Before the end of the recovery time stands where the journal is, so that facts meet the timers they met. */
    private void define(Command command) {
        if (command instanceof Command.ConfigChanged changed) {
            memory.tenant(changed.tenant()).configure(changed.config(), memory.clock);
            return;
        }
        if (!(command instanceof Command.DefineVersion define)) {
            throw new IllegalStateException(
                    "Before recovered() a shard takes definitions and configuration only, not " + command);
        }
        memory.tenant(define.tenant()).define(define.service(), define.version(), define.manifest(), memory.clock);
    }

    private void begin(Instant now, Batch batch) {
        memory.clock = later(memory.clock, Instants.whole(now));
        recorder.begin(batch, memory.clock);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void decide(Command command) {
        if (command instanceof Command.WorkerSays says) {
            attendance.says(says);
        } else if (command instanceof Command.StartRuns start) {
            starts.start(start);
        } else if (command instanceof Command.AboutRun aboutRun) {
            inquiries.ask(aboutRun);
        } else if (command instanceof Command.ExtendTimeout extend) {
            attendance.extend(extend);
        } else if (command instanceof Command.ReleaseSlots release) {
            attendance.about(release.session(), release.attempt(), progress::releaseSlots);
        } else if (command instanceof Command.StoreCheckpoints store) {
            attendance.about(store.session(), store.attempt(), task -> durables.store(task, store.made()));
        } else if (command instanceof Command.SuspendAttempt suspend) {
            attendance.about(suspend.session(), suspend.attempt(), task -> {
                accounts.left(task, suspend.spent());
                durables.suspend(task, suspend.seen(), suspend.needs());
            });
        } else if (command instanceof Command.ReportSpent report) {
            attendance.about(report.session(), report.attempt(), task -> accounts.report(task, report.spent()));
        } else if (command instanceof Command.Unfollow unfollow) {
            inquiries.unfollow(unfollow);
        } else if (command instanceof Command.StepDecided decided) {
            questions.decided(decided);
        } else if (command instanceof Command.InputGathered gathered) {
            windowing.gathered(gathered);
        } else if (command instanceof Command.KeysLoaded loaded) {
            starts.loaded(loaded);
        } else if (command instanceof Command.RunLoaded loaded) {
            inquiries.loaded(loaded, this::catchUp);
        } else if (command instanceof Command.WindowsLoaded loaded) {
            passivation.loaded(loaded);
            catchUp();
        } else if (command instanceof Command.DueLoaded loaded) {
            passivation.loaded(loaded);
            catchUp();
        } else if (command instanceof Command.ConnectWorker connect) {
            attendance.connect(connect);
        } else if (command instanceof Command.DisconnectWorker disconnect) {
            attendance.disconnect(disconnect.session());
        } else if (command instanceof Command.DefineVersion define) {
            memory.tenant(define.tenant())
                    .define(define.service(), define.version(), define.manifest(), recorder.now());
        } else if (command instanceof Command.ConfigChanged changed) {
            memory.tenant(changed.tenant()).configure(changed.config(), recorder.now());
        } else if (command instanceof Command.ReadLimits read) {
            var limits = memory.tenant(read.tenant()).scheduler.limits().status(recorder.nowMicros());
            recorder.reply(read.replyTo(), new Reply.LimitsRead(limits));
        } else if (command instanceof Command.ExplainWorkflow explain) {
            var tenant = memory.tenant(explain.tenant());
            var crowds = new ArrayList<>(
                    tenant.scheduler.crowds(explain.workflow(), ready -> ((Task) ready).queued, recorder.nowMicros()));
            crowds.addAll(Windowing.crowds(tenant, explain.workflow()));
            recorder.reply(explain.replyTo(), new Reply.WorkflowExplained(crowds, tenant.pause(explain.workflow())));
        } else if (command instanceof Command.ReadWorkers read) {
            tellWorkers(read.replyTo(), read.tenant());
        } else if (command instanceof Command.DrainWorker drain) {
            attendance.sendAway(drain.tenant(), drain.worker());
            tellWorkers(drain.replyTo(), drain.tenant());
        } else if (!(command instanceof Command.Tick)) {
            throw new IllegalStateException("No decision about commands such as " + command + ".");
        }
    }

    private void tellWorkers(long replyTo, TenantId tenant) {
        recorder.reply(replyTo, new Reply.WorkersRead(memory.tenant(tenant).workerStates()));
    }

    /** What is due now; of what was just read back the time may have come while it was out of memory. */
    private void catchUp() {
        ledger.steps.comeBack();
        memory.timers.advance(recorder.nowMicros(), this::due);
    }

    private void due(Timer timer) {
        if (timer instanceof Task task) {
            if (!durables.due(task)) {
                timeouts.due(task);
            }
        } else if (timer instanceof Run run && run.isInWindow()) {
            windowing.due(run);
        } else if (timer instanceof Run run && run.active == 0) {
            progress.settle(run);
        } else if (timer instanceof Run run) {
            timeouts.deadlinePassed(run);
        } else if (timer instanceof Limit limit) {
            limit.due();
        } else if (timer instanceof Precedence precedence) {
            precedence.due(recorder.nowMicros());
        } else if (timer instanceof Worker worker) {
            attendance.graceOver(worker);
        } else if (timer instanceof Question question) {
            questions.ask(question);
        } else if (timer instanceof HeldSlots held) {
            attendance.giveBack(held);
        } else if (timer instanceof Builds builds) {
            builds.due(recorder.nowMicros());
        } else if (timer instanceof FarTimers) {
            passivation.due();
        } else {
            throw new IllegalStateException("Nobody knows what to do when " + timer + " is due.");
        }
    }

    /** Where builds came or went, some have to wait elsewhere. */
    private void moveQueued() {
        for (int i = 0; i < memory.rebuilt.size(); i++) {
            memory.rebuilt.get(i).moveQueued(ledger.steps);
        }
        memory.rebuilt.clear();
    }

    /** Offers every task that can go, tenant by tenant. */
    private void offer() {
        for (int i = 0; i < memory.awake.size(); i++) {
            var tenant = memory.awake.get(i);
            for (var offer = tenant.scheduler.next(recorder.nowMicros());
                    offer != null;
                    offer = tenant.scheduler.next(recorder.nowMicros())) {
                offers.offer(offer);
            }
            tenant.sleep();
        }
        memory.awake.clear();
    }

    public Optional<Instant> nextTimer() {
        long next = Math.min(
                memory.timers.next().orElse(Long.MAX_VALUE),
                memory.returns.next().orElse(Long.MAX_VALUE));
        return next == Long.MAX_VALUE ? Optional.empty() : Optional.of(Instants.of(next));
    }

    // ---- projection ----

    public List<RunImage> capture() {
        return images.capture();
    }

    public void projected() {
        passivation.projected(images.projected());
    }

    public ShardImage image() {
        return images.shard();
    }

    public void shareRoom(int shards) {
        memory.windows.shareRoom(shards);
    }

    public Residents residents() {
        return passivation.residents();
    }

    public int residentRuns() {
        return memory.runs.size();
    }
}
