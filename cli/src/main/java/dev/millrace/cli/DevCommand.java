package dev.millrace.cli;

import dev.millrace.cli.process.Children;
import dev.millrace.cli.process.LocalControlPlane;
import dev.millrace.cli.process.Ports;
import dev.millrace.cli.process.ServerSettings;
import dev.millrace.cli.process.Workspace;
import dev.millrace.cli.terminal.Json;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace dev}: a control plane for the project on this machine, until Ctrl-C. */
@Command(
        name = "dev",
        description = "Run a control plane for this project, with an embedded PostgreSQL, until Ctrl-C.",
        footer = {"", "Workers and clients that are started in this directory or below find it by themselves."})
final class DevCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private LocalServerOptions server;

    @Mixin
    private OutputOption output;

    @Option(names = "--memory", description = "Keep runs in memory only: quicker, and nothing is kept.")
    private boolean memory;

    DevCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws InterruptedException {
        var terminal = context.terminal();
        var directory = server.dataDirectory(context);
        try (var workspace = Workspace.open(directory, terminal::note);
                var children = new Children(terminal::note)) {
            if (memory) {
                terminal.note("In memory: nothing is kept when this ends.");
                children.farewell("Nothing was kept: the runs were in memory.");
            }
            terminal.note("Starting the control plane; its log is " + workspace.log("control-plane"));
            var settings = new ServerSettings(
                    directory,
                    Ports.freeOrAny(server.port(), "the REST API", terminal::note),
                    Ports.freeOrAny(server.grpcPort(), "workers", terminal::note),
                    memory,
                    Optional.empty());
            var controlPlane = LocalControlPlane.start(context.installation(), settings, workspace, children);
            tell(controlPlane, workspace);
            controlPlane.process().awaitExitCode();
            if (children.isStopping()) {
                return ExitCode.OK;
            }
            throw new CliException(ExitCode.ERROR, controlPlane.process().obituary());
        }
    }

    private void tell(LocalControlPlane controlPlane, Workspace workspace) {
        var out = context.terminal().out();
        var files = controlPlane.files();
        var tokenFile = workspace.directory().resolve("token");
        if (output.isJson()) {
            var json = new LinkedHashMap<String, Object>();
            json.put("url", files.http());
            json.put("grpcAddress", files.grpc());
            json.put("tokenFile", tokenFile.toString());
            json.put("dataDir", workspace.directory().toString());
            json.put("pid", files.pid());
            out.println(Json.write(json));
            return;
        }
        out.println("REST API   " + files.http());
        out.println("workers    " + files.grpc());
        out.println("data       " + workspace.directory() + (memory ? "" : "  (kept between starts)"));
        out.println("token      " + tokenFile);
        out.println();
        out.println("Programs started below " + context.directory() + " find it by themselves; others need:");
        out.println("  export MILLRACE_URL=" + files.http() + " MILLRACE_TOKEN_FILE='" + tokenFile + "'");
        context.terminal().note("Ctrl-C stops it.");
    }
}
