package dev.millrace.manifest;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.manifest.placement.LabelPreference;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/reference/manifest.md} to the code: every member, what its absence means, its example and its hash. */
class ManifestPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "manifest.md");

    private static final Map<Class<?>, String> SECTIONS = Map.ofEntries(
            entry(Manifest.class, "Manifest"),
            entry(Input.class, "Input"),
            entry(StepSpec.class, "Step"),
            entry(ParameterSpec.class, "Parameter"),
            entry(WaitSpec.class, "Wait"),
            entry(OutputSpec.class, "Output"),
            entry(StepPolicy.class, "Policy"),
            entry(Backoff.class, "Backoff"),
            entry(PlacementSpec.class, "Placement"),
            entry(LabelRequirement.class, "Required label"),
            entry(LabelPreference.class, "Preferred label"),
            entry(RateLimitUse.class, "Use of a rate limit"),
            entry(RateLimitSpec.class, "Rate limit"),
            entry(Sharing.class, "Sharing"),
            entry(ConcurrencySpec.class, "Concurrency"),
            entry(FairSpec.class, "Fairness"),
            entry(BatchSpec.class, "Batch"),
            entry(CircuitBreakerSpec.class, "Circuit breaker"),
            entry(StreamSpec.class, "Stream"),
            entry(ActionSpec.class, "Action"),
            entry(CompensationSpec.class, "Compensation"),
            entry(HandlerSpec.class, "Handler"),
            entry(ResultSpec.class, "Result"),
            entry(BudgetSpec.class, "Budget"),
            entry(Triggers.class, "Triggers"),
            entry(EventTrigger.class, "Event"),
            entry(CronTrigger.class, "Schedule"),
            entry(CollectSpec.class, "Collect"),
            entry(DebounceSpec.class, "Debounce"),
            entry(ThrottleSpec.class, "Throttle"));

    /** One line of a table: the cells without the marks of code. */
    private record Row(String member, String missing, String hash, String example, String meaning) {}

    /** One object of a manifest's JSON form, with how to put another one in its place. */
    private record Place(JsonValue.Object object, UnaryOperator<JsonValue> put) {}

    private final List<JsonValue> manifests =
            List.of(Json.read(Manifests.everything()), Json.read(Manifests.debounced()));

    @Test
    void everyPartHasItsSectionAndEveryMemberItsLine() {
        var parts = new LinkedHashSet<Class<?>>();
        collect(Manifest.class, parts);
        assertThat(SECTIONS.keySet()).containsExactlyInAnyOrderElementsOf(parts);

        for (var part : parts) {
            var members = new ArrayList<String>();
            if (part == Manifest.class) {
                members.add("manifestVersion");
            }
            Arrays.stream(part.getRecordComponents())
                    .map(RecordComponent::getName)
                    .forEach(members::add);
            assertThat(rows(part))
                    .as(SECTIONS.get(part))
                    .extracting(Row::member)
                    .containsExactlyElementsOf(members);
        }
        assertThat(page().lines().filter(line -> line.startsWith("## ")).map(line -> line.substring(3)))
                .containsExactlyInAnyOrderElementsOf(SECTIONS.values());
    }

    @Test
    void everyConstantIsNamed() {
        for (var part : SECTIONS.keySet()) {
            for (var component : part.getRecordComponents()) {
                if (component.getType().isEnum()) {
                    var row = row(part, component.getName());
                    assertThat(component.getType().getEnumConstants())
                            .allSatisfy(constant -> assertThat(row.meaning())
                                    .as("%s.%s", SECTIONS.get(part), row.member())
                                    .contains("`" + constant + "`"));
                }
            }
        }
    }

    @Test
    void whatIsRequiredIsRefusedWhenMissingAndTheRestHasTheDefaultThatThePageSays() {
        for (var part : SECTIONS.keySet()) {
            for (var row : rows(part)) {
                var with = places(part).stream()
                        .filter(place -> place.object().members().containsKey(row.member()))
                        .toList();
                assertThat(with)
                        .as("%s.%s occurs", SECTIONS.get(part), row.member())
                        .isNotEmpty();
                for (var place : with) {
                    var without = read(place.put().apply(without(place.object(), row.member())));
                    assertThat(without.isEmpty())
                            .as("%s.%s is required", SECTIONS.get(part), row.member())
                            .isEqualTo(row.missing().startsWith("required"));
                    if (row.missing().startsWith("`")) {
                        var filled = with(place.object(), row.member(), Json.read(code(row.missing())));
                        assertThat(read(place.put().apply(filled)))
                                .as("%s.%s is %s", SECTIONS.get(part), row.member(), row.missing())
                                .isEqualTo(without);
                    } else if (without.isPresent()) {
                        assertThat(row.missing()).isEqualTo("none");
                    }
                }
            }
        }
    }

    @Test
    void everyExampleIsAccepted() {
        for (var part : SECTIONS.keySet()) {
            for (var row : rows(part)) {
                if (row.example().startsWith("[")) {
                    assertThat(row.example())
                            .matches("\\[.+]\\(#[a-z-]+\\)")
                            .satisfies(link ->
                                    assertThat(SECTIONS.values()).contains(link.substring(1, link.indexOf(']'))));
                    continue;
                }
                var example = Json.read(code(row.example()));
                assertThat(places(part))
                        .as("%s.%s may be %s", SECTIONS.get(part), row.member(), row.example())
                        .anySatisfy(place -> assertThat(
                                        read(place.put().apply(with(place.object(), row.member(), example))))
                                .isPresent());
            }
        }
    }

    @Test
    void theHashesCoverWhatThePageSays() {
        for (var part : SECTIONS.keySet()) {
            for (var row : rows(part)) {
                boolean shape = covers(part, row.member(), true);
                boolean policy = covers(part, row.member(), false);
                assertThat(shape ? policy ? "both" : "shape" : policy ? "policy" : "none")
                        .as("%s.%s", SECTIONS.get(part), row.member())
                        .isEqualTo(row.hash());
            }
        }
    }

    @Test
    void theExampleIsAManifestThatCanRun() {
        var example = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(page());
        assertThat(example.find()).isTrue();

        assertThat(ManifestRules.check(ManifestJson.read(example.group(1)))).isEmpty();
    }

    private boolean covers(Class<?> part, String member, boolean shape) {
        return manifests.stream()
                .map(ManifestJson::fromJson)
                .map(manifest -> shape ? ManifestJson.forShape(manifest) : ManifestJson.forPolicy(manifest))
                .anyMatch(view -> {
                    var places = new ArrayList<Place>();
                    find(part, Manifest.class, view, UnaryOperator.identity(), places);
                    return places.stream()
                            .anyMatch(place -> place.object().members().containsKey(member));
                });
    }

    private List<Place> places(Class<?> part) {
        var places = new ArrayList<Place>();
        manifests.forEach(manifest -> find(part, Manifest.class, manifest, UnaryOperator.identity(), places));
        return places;
    }

    /** Walks records and JSON side by side: the members are named like the components. */
    private static void find(
            Class<?> part, Class<?> here, JsonValue json, UnaryOperator<JsonValue> put, List<Place> found) {
        if (!(json instanceof JsonValue.Object object)) {
            return;
        }
        if (here == part) {
            found.add(new Place(object, put));
        }
        for (var component : here.getRecordComponents()) {
            var inner = record(component.getGenericType());
            var member = object.members().get(component.getName());
            if (inner.isPresent() && member instanceof JsonValue.Array array) {
                for (int i = 0; i < array.items().size(); i++) {
                    int index = i;
                    UnaryOperator<JsonValue> replace = value -> {
                        var items = new ArrayList<>(array.items());
                        items.set(index, value);
                        return put.apply(with(object, component.getName(), new JsonValue.Array(items)));
                    };
                    find(part, inner.get(), array.items().get(i), replace, found);
                }
            } else if (inner.isPresent() && member != null) {
                find(part, inner.get(), member, value -> put.apply(with(object, component.getName(), value)), found);
            }
        }
    }

    private static void collect(Class<?> part, Set<Class<?>> parts) {
        if (parts.add(part)) {
            for (var component : part.getRecordComponents()) {
                record(component.getGenericType()).ifPresent(inner -> collect(inner, parts));
            }
        }
    }

    /** The record that a component is, or is a list or an optional of. */
    private static Optional<Class<?>> record(Type type) {
        if (type instanceof ParameterizedType generic) {
            return record(generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1]);
        }
        return type instanceof Class<?> known && known.isRecord() ? Optional.of(known) : Optional.empty();
    }

    private static Optional<Manifest> read(JsonValue json) {
        try {
            return Optional.of(ManifestJson.fromJson(json));
        } catch (InvalidManifestException e) {
            return Optional.empty();
        }
    }

    private static JsonValue.Object with(JsonValue.Object object, String member, JsonValue value) {
        var members = new LinkedHashMap<>(object.members());
        members.put(member, value);
        return new JsonValue.Object(members);
    }

    private static JsonValue.Object without(JsonValue.Object object, String member) {
        var members = new LinkedHashMap<>(object.members());
        members.remove(member);
        return new JsonValue.Object(members);
    }

    private static Row row(Class<?> part, String member) {
        return rows(part).stream()
                .filter(row -> row.member().equals(member))
                .findFirst()
                .orElseThrow();
    }

    private static List<Row> rows(Class<?> part) {
        var section = Pattern.compile("\n## " + SECTIONS.get(part) + "\n(.*?)(?=\n## |$(?![\r\n]))", Pattern.DOTALL)
                .matcher(page());
        assertThat(section.find()).as("section %s", SECTIONS.get(part)).isTrue();
        return section.group(1)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(1).split("\\|", 6))
                .map(cells -> new Row(
                        code(cells[0].strip()), cells[1].strip(), cells[2].strip(), cells[3].strip(), cells[4].strip()))
                .toList();
    }

    private static String code(String cell) {
        assertThat(cell).startsWith("`").endsWith("`");
        return cell.substring(1, cell.length() - 1);
    }

    private static String page() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
